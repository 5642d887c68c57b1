import { useTranslation } from 'react-i18next';
import type { AccountAnswer } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState } from '../../components/states.js';
import { gainClass } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';

type Transfer = AccountAnswer['transfers'][number];

/** Deposits and withdrawals, the newest first. */
export function TransfersPanel({ transfers }: { transfers: readonly Transfer[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<Transfer>[] = [
    { key: 'time', header: t('common.time'), sort: ({ at }) => at, cell: ({ at }) => format.dateTime(at) },
    {
      key: 'kind',
      header: t('balances.kind'),
      sort: ({ kind }) => kind,
      cell: ({ kind }) => t(`balances.kinds.${kind}`),
    },
    {
      key: 'amount',
      header: t('balances.amount'),
      align: 'end',
      cell: ({ amount, asset }) => (
        <span className={gainClass(amount)}>
          {format.signedQuantity(amount)} {asset}
        </span>
      ),
    },
  ];
  return (
    <Panel title={t('balances.transfers')}>
      <DataTable
        label={t('balances.transfers')}
        rows={[...transfers].reverse()}
        columns={columns}
        rowKey={({ id }) => id}
        empty={<EmptyState title={t('balances.noTransfers')} text={t('balances.noTransfersText')} />}
      />
    </Panel>
  );
}
