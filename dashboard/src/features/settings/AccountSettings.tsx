import { Button, Radio, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch } from '../../api/client.js';
import { useMe } from '../../api/queries.js';
import { type GainColours, gainColours, setGainColours } from '../../app/preferences.js';
import { LanguageSelect } from '../../app/TopBar.js';
import { Panel } from '../../components/Panel.js';
import { useTell } from '../../components/useErrorText.js';

/** Language, colours and password of the signed-in user. */
export default function AccountSettings() {
  return (
    <div className="grid" style={{ ['--min' as string]: '320px' }}>
      <Display />
      <Password />
    </div>
  );
}

function Display() {
  const { t } = useTranslation();
  const me = useMe().data ?? undefined;
  const [colours, setColours] = useState(gainColours());
  const choose = (value: string) => {
    setColours(value as GainColours);
    setGainColours(value as GainColours);
  };
  return (
    <Panel title={t('account.display')}>
      <div className="stack">
        <div>
          <p className="small">{t('account.language')}</p>
          <LanguageSelect user={me} />
          <p className="dim small">{t('account.languageHelp')}</p>
        </div>
        <Radio.Group label={t('account.gains')} description={t('account.gainsHelp')} value={colours} onChange={choose}>
          <div className="row" style={{ paddingTop: 8 }}>
            <Radio value="green" label={t('account.gainsGreen')} />
            <Radio value="red" label={t('account.gainsRed')} />
          </div>
        </Radio.Group>
        <p className="dim small">{t('account.zoneHelp')}</p>
      </div>
    </Panel>
  );
}

function Password() {
  const { t } = useTranslation();
  const tell = useTell();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const short = next.length > 0 && next.length < 12;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await patch('/api/me', { currentPassword: current, password: next });
      setCurrent('');
      setNext('');
      tell.done(t('account.passwordChanged'));
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
