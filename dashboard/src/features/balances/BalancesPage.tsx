import { useTranslation } from 'react-i18next';
import { useAccount } from '../../api/queries.js';
import { PageTitle, Panel } from '../../components/Panel.js';
import { Loaded } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';
import { unexplainedOf } from './account.js';
import { HoldingsPanel } from './HoldingsPanel.js';
import { NoticeList } from './NoticeList.js';
import { TransfersPanel } from './TransfersPanel.js';

/** The account as the exchange has it, explained to the last unit, and what others moved. */
export default function BalancesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="stack">
      <PageTitle title={t('nav.balances')} text={t('balances.intro')} />
      <Loaded query={useAccount()} lines={8}>
        {(account) => (
          <>
            {unexplainedOf(account).map(({ asset, pending }) => (
              <p key={asset} role="status" className="banner">
                {t('balances.unexplained', { change: `${format.signedQuantity(pending)} ${asset}` })}
              </p>
            ))}
            <HoldingsPanel account={account} />
            <p className="dim small">{t('balances.asOf', { time: format.time(account.asOf) })}</p>
            <TransfersPanel transfers={account.transfers} />
            <Panel title={t('balances.notices')}>
              <NoticeList notices={account.notices} />
            </Panel>
          </>
        )}
      </Loaded>
    </div>
  );
}
