import { Alert, Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, post } from '../../api/client.js';
import { keys } from '../../api/queries.js';
import type { Me } from '../../api/types.js';
import { LanguageSelect, SchemeToggle } from '../../app/TopBar.js';
import { useErrorText } from '../../components/useErrorText.js';
import { adoptLanguage } from '../../i18n/index.js';
import { CODE_LENGTH } from './codes.js';

/** E-mail, password and, where the account has it, the code of the authenticator. */
export function SignIn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const text = useErrorText();
  const [form, setForm] = useState({ email: '', password: '', totp: '' });
  const [askCode, setAskCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const fill = (field: keyof typeof form) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [field]: event.currentTarget.value });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { email, password, totp } = form;
      const { user } = await post<{ user: Me }>('/api/auth/login', { email, password, ...(askCode ? { totp } : {}) });
      adoptLanguage(user.locale);
      client.setQueryData(keys.me, user);
    } catch (failure) {
      const needsCode = failure instanceof ApiError && failure.code.startsWith('TOTP');
      if (needsCode && !askCode) setAskCode(true);
      else
        setError(
          needsCode
            ? t('auth.wrongCode')
            : failure instanceof ApiError && failure.status === 401
              ? t('auth.wrong')
              : text(failure),
        );
    }
    setBusy(false);
  };
  return (
    <main className="signin">
      <form className="panel stack" onSubmit={(event) => void submit(event)} aria-label={t('auth.signIn')}>
        <div className="row between">
          <span className="brand">
            <img src="/favicon.svg" alt="" /> {t('app.name')}
          </span>
          <span className="row">
            <LanguageSelect />
            <SchemeToggle />
          </span>
        </div>
        <h1>{t('auth.signIn')}</h1>
        {error && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        <TextInput
          label={t('auth.email')}
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          value={form.email}
          onChange={fill('email')}
        />
        <TextInput
          type="password"
          label={t('auth.password')}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={form.password}
          onChange={fill('password')}
        />
        {askCode && (
          <TextInput
            label={t('auth.code')}
            description={t('auth.codeHelp')}
            name="totp"
            autoComplete="one-time-code"
            maxLength={CODE_LENGTH}
            required
            withAsterisk={false}
            autoFocus
            value={form.totp}
            onChange={fill('totp')}
          />
        )}
        <Button type="submit" size="md" loading={busy}>
          {t('auth.signIn')}
        </Button>
        <p className="dim small">{t('auth.help')}</p>
      </form>
    </main>
  );
}
