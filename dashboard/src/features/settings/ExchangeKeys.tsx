import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, put, remove } from '../../api/client.js';
import type { CredentialView } from '../../api/types.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { Panel } from '../../components/Panel.js';
import { ErrorState, Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { useFormat } from '../../format/useFormat.js';

const PATH = '/api/exchange-credentials';

/** The keys of the real exchange: checked by the server before they are kept, and never shown again. */
export default function ExchangeKeys() {
  const credentials = useQuery({ queryKey: ['credentials'], queryFn: () => get<CredentialView | null>(PATH) });
  return (
    <div className="grid" style={{ ['--min' as string]: '330px' }}>
      <Loaded query={credentials}>{(view) => <Stored view={view} />}</Loaded>
      <KeyForm />
    </div>
  );
}

function Stored({ view }: { view: CredentialView | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const stored = view?.configured === true;
  const forget = async () => {
    await remove(PATH);
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
            <dd className="mono">{view.apiKeyHint}</dd>
            <dt>{t('keys.secret')}</dt>
            <dd className="dim">{t('keys.neverShown')}</dd>
            <dt>{t('keys.checkedAt')}</dt>
            <dd>{format.dateTime(view.verifiedAt)}</dd>
          </dl>
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
        onClose={() => setRemoving(false)}
        danger
        title={t('keys.remove')}
        confirm={t('keys.removeConfirm')}
        onConfirm={forget}
      >
        <p>{t('keys.removeText')}</p>
      </ConfirmDialog>
    </Panel>
  );
}

const PERMISSIONS = ['canTrade', 'canWithdraw', 'canTransfer', 'canMargin', 'canFutures', 'ipRestricted'] as const;
const WANTED: readonly string[] = ['canTrade', 'ipRestricted'];

function Permissions({ view }: { view: CredentialView }) {
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

function KeyForm() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  const [form, setForm] = useState({ apiKey: '', secret: '' });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await put(PATH, form);
      tell.done(t('keys.saved'));
    } catch (failure) {
      setError(failure);
    }
    // Typed keys are not kept in the page, whatever the answer.
    setForm({ apiKey: '', secret: '' });
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
        <PasswordInput
          label={t('keys.secret')}
          autoComplete="new-password"
          value={form.secret}
          onChange={(event) => setForm({ ...form, secret: event.currentTarget.value.trim() })}
        />
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
