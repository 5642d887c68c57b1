import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, get, put, remove } from '../../api/client.js';
import { useMe } from '../../api/queries.js';
import type { CredentialsView } from '../../api/types.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { Panel } from '../../components/Panel.js';
import { ErrorState, Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { useFormat } from '../../format/useFormat.js';
import { logText } from '../../i18n/server/index.js';
import { CodeInput } from '../auth/CodeInput.js';
import { mayBeCode } from '../auth/codes.js';

const PATH = '/api/exchange-credentials';

/** The keys of the real exchange: checked by the server before they are kept, and never shown again. */
export default function ExchangeKeys() {
  const credentials = useQuery({ queryKey: ['credentials'], queryFn: () => get<CredentialsView | null>(PATH) });
  return (
    <div className="grid" style={{ ['--min' as string]: '330px' }}>
      <Loaded query={credentials}>{(view) => <Stored view={view} />}</Loaded>
      <KeyForm />
    </div>
  );
}

function Stored({ view }: { view: CredentialsView | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const withCode = useMe().data?.totpEnabled === true;
  const [removing, setRemoving] = useState(false);
  const [code, setCode] = useState('');
  const stored = view?.configured === true;
  const forget = async () => {
    await remove(PATH, withCode ? { totp: code.trim() } : {}).finally(() => setCode(''));
    await client.invalidateQueries({ queryKey: ['credentials'] });
  };
  return (
    <Panel
      title={t('keys.stored')}
      aside={
        stored && (
          <span className={`pill ${view.verifiedAt ? 'good' : 'bad'}`}>
            {view.verifiedAt ? t('keys.verified') : t('keys.notVerified')}
          </span>
        )
      }
    >
      {stored ? (
        <div className="stack">
          <dl className="key-facts">
            <dt>{t('keys.apiKey')}</dt>
            <dd className="mono">…{view.apiKeyHint}</dd>
            <dt>{t('keys.secret')}</dt>
            <dd className="dim">{t('keys.neverShown')}</dd>
            <dt>{t('keys.checkedAt')}</dt>
            <dd>{format.dateTime(view.verifiedAt)}</dd>
          </dl>
          {view.problem && <p className="down small">{logText(view.problem)}</p>}
          <Permissions view={view} />
          <Button variant="default" color="red" onClick={() => setRemoving(true)} style={{ alignSelf: 'flex-start' }}>
            {t('keys.remove')}
          </Button>
        </div>
      ) : (
        <p className="dim">{t('keys.none')}</p>
      )}
      <ConfirmDialog
        opened={removing}
        onClose={() => {
          setCode('');
          setRemoving(false);
        }}
        danger
        ready={withCode ? mayBeCode(code) : undefined}
        title={t('keys.remove')}
        confirm={t('keys.removeConfirm')}
        onConfirm={forget}
      >
        <p>{t('keys.removeText')}</p>
        {withCode && <CodeInput data-autofocus description={t('auth.codeHelp')} value={code} onChange={setCode} />}
      </ConfirmDialog>
    </Panel>
  );
}

const PERMISSIONS = ['canTrade', 'canWithdraw', 'canTransfer', 'canMargin', 'canFutures', 'ipRestricted'] as const;
const WANTED: readonly string[] = ['canTrade', 'ipRestricted'];

function Permissions({ view }: { view: CredentialsView }) {
  const { t } = useTranslation();
  if (!view.permissions) return null;
  return (
    <ul className="plain-list" aria-label={t('keys.permissions')}>
      {PERMISSIONS.map((name) => {
        const given = view.permissions?.[name] === true;
        return (
          <li key={name} className="row between">
            <span>{t(`keys.permission.${name}`)}</span>
            <span
              className={`pill ${given === WANTED.includes(name) ? 'good' : name === 'ipRestricted' ? 'attention' : 'bad'}`}
            >
              {given ? t('common.yes') : t('common.no')}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const onlyTheCode = (failure: unknown): boolean => {
  const errors = failure instanceof ApiError ? (failure.problem.errors ?? []) : [];
  return errors.length > 0 && errors.every(({ path }) => path === 'totp');
};

const EMPTY = { apiKey: '', secret: '', totp: '' };

function KeyForm() {
  const withCode = useMe().data?.totpEnabled === true;
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  const [form, setForm] = useState(EMPTY);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { totp, ...keys } = form;
      await put(PATH, totp ? { ...keys, totp } : keys);
      tell.done(t('keys.saved'));
      setForm(EMPTY);
    } catch (failure) {
      setError(failure);
      // Typed keys are not kept in the page, unless only the code was wrong and the next one is to be tried.
      setForm(onlyTheCode(failure) ? { ...form, totp: '' } : EMPTY);
    }
    setBusy(false);
    await client.invalidateQueries({ queryKey: ['credentials'] });
  };
  return (
    <Panel title={t('keys.enter')}>
      <form className="stack" autoComplete="off" onSubmit={(event) => void submit(event)}>
        <p className="dim small">{t('keys.help')}</p>
        {error !== null && <ErrorState error={error} />}
        <TextInput
          label={t('keys.apiKey')}
          autoComplete="off"
          spellCheck={false}
          value={form.apiKey}
          onChange={(event) => setForm({ ...form, apiKey: event.currentTarget.value.trim() })}
        />
        <TextInput
          type="password"
          label={t('keys.secret')}
          autoComplete="new-password"
          value={form.secret}
          onChange={(event) => setForm({ ...form, secret: event.currentTarget.value.trim() })}
        />
        {withCode && <CodeInput value={form.totp} onChange={(typed) => setForm({ ...form, totp: typed.trim() })} />}
        <Button
          type="submit"
          loading={busy}
          disabled={form.apiKey === '' || form.secret === ''}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('keys.verify')}
        </Button>
      </form>
    </Panel>
  );
}
