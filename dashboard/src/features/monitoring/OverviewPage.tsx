import { useTranslation } from 'react-i18next';
import { AccountNotices } from '../balances/AccountNotices.js';
import { ControlPanel } from '../control/ControlPanel.js';
import { LastEmergency } from '../control/LastEmergency.js';
import { AnomaliesPanel } from './AnomaliesPanel.js';
import { EquityPanel } from './EquityPanel.js';
import { Figures } from './Figures.js';
import { HealthPanel } from './HealthPanel.js';
import { LazyPricePanel } from './LazyPricePanel.js';
import { LimitsPanel } from './LimitsPanel.js';
import { PositionsPanel } from './PositionsPanel.js';
import { RecentTradesPanel } from './RecentTradesPanel.js';

/** The control panel and everything one watches while the bot trades. */
export default function OverviewPage() {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <h1 className="visually-hidden">{t('nav.overview')}</h1>
      <ControlPanel />
      <Figures />
      <div className="two">
        <div className="stack">
          <LazyPricePanel />
          <PositionsPanel />
          <RecentTradesPanel />
        </div>
        <div className="stack">
          <LimitsPanel />
          <EquityPanel />
          <AnomaliesPanel />
          <AccountNotices />
          <HealthPanel />
          <LastEmergency />
        </div>
      </div>
    </div>
  );
}
