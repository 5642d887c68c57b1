import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch } from '../../api/client.js';
import { keys } from '../../api/queries.js';
import type { Me } from '../../api/types.js';
import { Panel } from '../../components/Panel.js';
import { useTell } from '../../components/useErrorText.js';

/** Changes the password of the signed-in user. */
export function PasswordPanel() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const short = next.length > 0 && next.length < 12;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const me = await patch<Me>('/api/me', { currentPassword: current, password: next });
      setCurrent('');
      setNext('');
      tell.done(t('account.passwordChanged'));
      client.setQueryData(keys.me, me);
    } catch (error) {
      tell.failed(error);
    }
  };
  return (
    <Panel title={t('account.changePassword')}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <TextInput
          type="password"
          label={t('account.currentPassword')}
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <TextInput
          type="password"
          label={t('account.newPassword')}
          autoComplete="new-password"
          description={t('users.passwordHelp')}
          error={short ? t('users.passwordShort') : undefined}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <Button type="submit" disabled={current === '' || next.length < 12} style={{ alignSelf: 'flex-start' }}>
          {t('account.changePassword')}
        </Button>
      </form>
    </Panel>
  );
}
