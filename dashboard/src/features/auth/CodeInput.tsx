import { TextInput, type TextInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CODE_LENGTH } from './codes.js';

interface CodeInputProps extends Pick<TextInputProps, 'description' | 'w'> {
  value: string;
  /** A dialog opens with the focus here. */
  'data-autofocus'?: boolean;
  onChange: (typed: string) => void;
}

/** For a code of the authenticator app, or a recovery code. */
export function CodeInput({ onChange, ...more }: CodeInputProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('auth.code')}
      maxLength={CODE_LENGTH}
      autoComplete="one-time-code"
      {...more}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
