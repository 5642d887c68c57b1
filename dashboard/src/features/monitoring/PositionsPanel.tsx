import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import { keys, useMarket, usePositions } from '../../api/queries.js';
import type { PositionEntry } from '../../api/types.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { gainClass, toNumber } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import { priceOf } from './Figures.js';

/** Open positions at the market's price, with the way to stop and target, and a button that sells one. */
export function PositionsPanel() {
  const { t } = useTranslation();
  const positions = usePositions();
  const [closing, setClosing] = useState<PositionEntry | null>(null);
  const columns = useColumns(setClosing);
  return (
    <Panel title={t('positions.title')} aside={<span className="pill">{positions.data?.items.length ?? 0}</span>}>
      <Loaded query={positions}>
        {({ items }) => (
          <DataTable
            label={t('positions.title')}
            rows={items}
            columns={columns}
            rowKey={({ id }) => id}
            empty={<EmptyState title={t('positions.none')} text={t('positions.noneText')} />}
          />
        )}
      </Loaded>
      <CloseDialog position={closing} onClose={() => setClosing(null)} />
    </Panel>
  );
}

function useColumns(close: (position: PositionEntry) => void): Column<PositionEntry>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const market = useMarket().data?.items ?? [];
  const distance = (position: PositionEntry, level: string | number) => {
    const price = priceOf(position, market);
    return price > 0 ? (((toNumber(level) ?? price) - price) / price) * 100 : null;
  };
  const gain = (position: PositionEntry) => {
    const entry = toNumber(position.entryPrice) ?? 0;
    const price = priceOf(position, market);
    return {
      amount: (price - entry) * (toNumber(position.quantity) ?? 0),
      pct: entry > 0 ? (price / entry - 1) * 100 : 0,
    };
  };
  return [
    { key: 'symbol', header: t('common.symbol'), cell: ({ symbol }) => <b>{symbol}</b>, sort: ({ symbol }) => symbol },
    {
      key: 'quantity',
      header: t('common.quantity'),
      align: 'end',
      wideOnly: true,
      cell: ({ quantity }) => format.quantity(quantity),
    },
    {
      key: 'entry',
      header: t('positions.entry'),
      align: 'end',
      wideOnly: true,
      cell: ({ entryPrice }) => format.price(entryPrice),
    },
    {
      key: 'price',
      header: t('common.price'),
      align: 'end',
      wideOnly: true,
      cell: (position) => format.price(priceOf(position, market)),
    },
    {
      key: 'gain',
      header: t('positions.gain'),
      align: 'end',
      sort: (position) => gain(position).amount,
      cell: (position) => (
        <span className={gainClass(gain(position).amount)}>
          {format.signedMoney(gain(position).amount)} <small>({format.signedPercent(gain(position).pct)})</small>
        </span>
      ),
    },
    {
      key: 'range',
      header: t('positions.range'),
      cell: (position) => (
        <StopToTarget
          position={position}
          price={priceOf(position, market)}
          text={`${format.price(position.stopPrice)} (${format.signedPercent(distance(position, position.stopPrice))}) – ${format.price(position.targetPrice)} (${format.signedPercent(distance(position, position.targetPrice))})`}
        />
      ),
    },
    {
      key: 'since',
      header: t('positions.since'),
      wideOnly: true,
      cell: ({ entryTime }) => format.shortDateTime(entryTime),
      sort: ({ entryTime }) => entryTime,
    },
    {
      key: 'close',
      header: t('positions.action'),
      align: 'end',
      cell: (position) => (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => close(position)}
          aria-label={t('positions.closeOne', { symbol: position.symbol })}
          disabled={position.status === 'CLOSING'}
        >
          {position.status === 'CLOSING' ? t('positions.closing') : t('positions.close')}
        </Button>
      ),
    },
  ];
}

/** Where the price stands between stop (left) and target (right). */
function StopToTarget({ position, price, text }: { position: PositionEntry; price: number; text: string }) {
  const stop = toNumber(position.stopPrice) ?? 0;
  const target = toNumber(position.targetPrice) ?? 0;
  const share = target > stop ? Math.min(100, Math.max(0, ((price - stop) / (target - stop)) * 100)) : 0;
  return (
    <div>
      <div className="range" aria-hidden>
        <i style={{ insetInlineStart: `${share}%` }} />
      </div>
      <span className="dim range-text">{text}</span>
    </div>
  );
}

function CloseDialog({ position, onClose }: { position: PositionEntry | null; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const tell = useTell();
  const close = async () => {
    if (!position) return;
    await post(`/api/positions/${encodeURIComponent(position.id)}/close`);
    tell.done(t('positions.closeSent', { symbol: position.symbol }));
    await client.invalidateQueries({ queryKey: keys.positions });
  };
  return (
    <ConfirmDialog
      opened={position !== null}
      onClose={onClose}
      danger
      title={t('positions.closeTitle', { symbol: position?.symbol ?? '' })}
      confirm={t('positions.closeConfirm')}
      onConfirm={close}
    >
      <p>
        {t('positions.closeText', { symbol: position?.symbol ?? '', quantity: format.quantity(position?.quantity) })}
      </p>
    </ConfirmDialog>
  );
}
