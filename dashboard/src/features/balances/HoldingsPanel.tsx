import { useTranslation } from 'react-i18next';
import { useMarket } from '../../api/queries.js';
import type { AccountAnswer } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState } from '../../components/states.js';
import { usePhone } from '../../components/usePhone.js';
import { useFormat } from '../../format/useFormat.js';
import { type Explained, type Holding, holdingsOf, isZero, worthOf } from './account.js';

const PARTS = ['before', 'own', 'deposits', 'withdrawals', 'foreign', 'unrecorded', 'difference'] as const;

/** Each asset's balance and the parts that add up to it. */
export function HoldingsPanel({ account }: { account: AccountAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = (value: string | undefined) =>
    value === undefined || isZero(value) ? <span className="dim">–</span> : format.signedQuantity(value);
  const phone = usePhone();
  const rows = holdingsOf(account);
  const market = useMarket().data?.items ?? [];
  const worths = rows.map((holding) => worthOf(holding, market));
  const sum = worths.some((worth) => worth === null) ? null : worths.reduce<number>((all, worth) => all + worth!, 0);
  // Parts that are nothing for every asset have no column; what was there before and our own trading always do.
  const shown = PARTS.filter(
    (part) => part === 'before' || part === 'own' || rows.some(({ parts }) => parts && !isZero(parts[part])),
  );
  const columns: Column<Holding>[] = [
    { key: 'asset', header: t('balances.asset'), sort: ({ asset }) => asset, cell: ({ asset }) => <b>{asset}</b> },
    {
      key: 'total',
      header: t('balances.total'),
      align: 'end',
      sort: ({ total }) => Number(total),
      cell: (holding) => (
        <>
          {format.quantity(holding.total)}
          {phone && <span className="second-line">≈ {format.money(worthOf(holding, market))} USDT</span>}
        </>
      ),
    },
    {
      key: 'worth',
      header: t('balances.worth'),
      align: 'end',
      wideOnly: true,
      sort: (holding) => worthOf(holding, market) ?? 0,
      cell: (holding) => format.money(worthOf(holding, market)),
    },
    {
      key: 'locked',
      header: t('balances.locked'),
      align: 'end',
      wideOnly: true,
      cell: ({ locked }) => format.quantity(locked),
    },
    ...shown.map(
      (part): Column<Holding> => ({
        key: part,
        header: t(`balances.parts.${part}`),
        align: 'end',
        wideOnly: true,
        cell: ({ parts }) => amount(parts?.[part]),
      }),
    ),
    {
      key: 'made',
      header: t('balances.madeOf'),
      phoneOnly: true,
      align: 'wrap',
      cell: ({ parts }) => <Parts parts={parts} />,
    },
  ];
  return (
    <Panel
      title={t('balances.holdings')}
      aside={sum !== null && <strong>{t('balances.worthOfAll', { amount: format.money(sum) })}</strong>}
    >
      <DataTable
        label={t('balances.holdings')}
        rows={rows}
        columns={columns}
        rowKey={({ asset }) => asset}
        empty={<EmptyState title={t('balances.none')} />}
      />
      <p className="dim small">{account.explained ? t('balances.help') : t('balances.notLooked')}</p>
    </Panel>
  );
}

/** The parts that are something, one below the other: for a phone. */
function Parts({ parts }: { parts: Explained | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const something = PARTS.filter((part) => parts && !isZero(parts[part]));
  if (!parts || something.length === 0) return <>–</>;
  return (
    <>
      {something.map((part) => (
        <span key={part} className="second-line">
          {t(`balances.parts.${part}`)} {format.signedQuantity(parts[part])}
        </span>
      ))}
    </>
  );
}
