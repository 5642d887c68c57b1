import { useTranslation } from 'react-i18next';
import { useTrades } from '../../api/queries.js';
import { Link } from '../../app/router.js';
import { DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useTradeColumns } from '../performance/useTradeColumns.js';

/** The last closed trades, the newest first; new ones appear as they close. */
export function RecentTradesPanel() {
  const { t } = useTranslation();
  const columns = useTradeColumns().filter(({ key }) => key !== 'fees' && key !== 'quantity');
  return (
    <Panel title={t('trades.recent')} aside={<Link to="/performance">{t('trades.all')}</Link>}>
      <Loaded query={useTrades()}>
        {({ items }) => (
          <DataTable
            label={t('trades.recent')}
            rows={items.slice(0, 12)}
            columns={columns}
            rowKey={({ id }) => id}
            maxHeight={560}
            empty={<EmptyState title={t('trades.none')} text={t('trades.noneText')} />}
          />
        )}
      </Loaded>
    </Panel>
  );
}
