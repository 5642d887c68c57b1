import { NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { useTell } from '../../components/useErrorText.js';

const EMPTY = { email: '', password: '', role: 'user' };

/** A password has at least 12 characters; the address counts as verified. */
export function NewUserDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  const [form, setForm] = useState(EMPTY);
  const fill = (field: keyof typeof EMPTY) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [field]: event.currentTarget.value });
  const short = form.password.length > 0 && form.password.length < 12;
  const add = async () => {
    await post('/api/users', form);
    tell.done(t('users.added', { email: form.email }));
    setForm(EMPTY);
    await client.invalidateQueries({ queryKey: ['users'] });
  };
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={t('users.add')}
      confirm={t('users.addConfirm')}
      onConfirm={add}
    >
      <TextInput label={t('users.email')} type="email" autoComplete="off" value={form.email} onChange={fill('email')} />
      <TextInput
        type="password"
        label={t('auth.password')}
        description={t('users.passwordHelp')}
        error={short ? t('users.passwordShort') : undefined}
        autoComplete="new-password"
        value={form.password}
        onChange={fill('password')}
      />
      <NativeSelect
        label={t('users.role')}
        value={form.role}
        onChange={fill('role')}
        data={[
          { value: 'user', label: t('users.roles.user') },
          { value: 'admin', label: t('users.roles.admin') },
        ]}
      />
    </ConfirmDialog>
  );
}
