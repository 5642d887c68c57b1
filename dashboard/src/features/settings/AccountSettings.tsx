import { Radio } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/queries.js';
import { type GainColours, gainColours, setGainColours } from '../../app/preferences.js';
import { LanguageSelect } from '../../app/TopBar.js';
import { Panel } from '../../components/Panel.js';
import { PasswordPanel } from './PasswordPanel.js';

/** Language, colours and password of the signed-in user. */
export default function AccountSettings() {
  return (
    <div className="grid" style={{ ['--min' as string]: '320px' }}>
      <Display />
      <PasswordPanel />
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
