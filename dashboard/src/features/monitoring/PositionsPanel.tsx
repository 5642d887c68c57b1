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
import { usePhone } from '../../components/usePhone.js';
import { useTell } from '../../components/useErrorText.js';
import { gainClass } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import { priceOf } from './Figures.js';
import { isStopAlone } from './standing.js';
import { StandingPills } from './StandingPills.js';

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
  const gain = (position: PositionEntry) => {
    // The server's figure has the fees in it; what the price did since comes on top.
    const { currentPrice, unrealizedPnl, quantity, entryPrice } = position;
    const valued = currentPrice !== null && unrealizedPnl !== null;
    const moved = (priceOf(position, market) - (valued ? currentPrice : entryPrice)) * quantity;
    const amount = (valued ? unrealizedPnl : 0) + moved;
    return { amount, pct: quantity > 0 ? (amount / (quantity * entryPrice)) * 100 : 0 };
  };
  const level = (position: PositionEntry, price: number) => {
    const now = priceOf(position, market);
    return (
      <TwoLines first={format.price(price)} second={now > 0 ? format.signedPercent((price / now - 1) * 100) : '–'} />
    );
  };
  return [
    {
      key: 'symbol',
      header: t('common.symbol'),
      cell: (position) => <Name position={position} opened={format.shortDateTime(position.entryTime)} />,
      sort: ({ symbol }) => symbol,
    },
    {
      key: 'entry',
      header: t('positions.entry'),
      align: 'end',
      wideOnly: true,
      cell: ({ entryPrice, quantity }) => (
        <TwoLines first={format.price(entryPrice)} second={`× ${format.quantity(quantity)}`} />
      ),
    },
    {
      key: 'price',
      header: t('common.price'),
      align: 'end',
      wideOnly: true,
      cell: (position) => {
        const price = priceOf(position, market);
        return (
          <>
            {format.price(price)}
            <StopToTarget position={position} price={price} />
          </>
        );
      },
    },
    {
      key: 'gain',
      header: t('positions.gain'),
      align: 'end',
      sort: (position) => gain(position).amount,
      cell: (position) => {
        const { amount, pct } = gain(position);
        return (
          <span className={gainClass(amount)}>
            <TwoLines first={format.signedMoney(amount)} second={format.signedPercent(pct)} />
          </span>
        );
      },
    },
    {
      key: 'stop',
      header: t('positions.stop'),
      align: 'end',
      wideOnly: true,
      cell: (position) => level(position, position.stopPrice),
    },
    {
      key: 'target',
      header: t('positions.target'),
      align: 'end',
      wideOnly: true,
      cell: (position) => (
        <>
          {level(position, position.targetPrice)}
          {isStopAlone(position) && <span className="second-line dim">{t('positions.noTargetOrder')}</span>}
        </>
      ),
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

function Name({ position, opened }: { position: PositionEntry; opened: string }) {
  const format = useFormat();
  const phone = usePhone();
  return (
    <>
      <b>{position.symbol}</b>
      <span className="second-line dim">{opened}</span>
      {phone && (
        <span className="second-line dim">
          {format.price(position.stopPrice)} / {format.price(position.targetPrice)}
        </span>
      )}
      <span className="pills">
        <StandingPills position={position} />
      </span>
    </>
  );
}

const TwoLines = ({ first, second }: { first: string; second: string }) => (
  <>
    {first}
    <span className="second-line">{second}</span>
  </>
);

/** Where the price stands between stop (left) and target (right); the numbers are in the columns beside it. */
function StopToTarget({ position: { stopPrice, targetPrice }, price }: { position: PositionEntry; price: number }) {
  const share = targetPrice > stopPrice ? ((price - stopPrice) / (targetPrice - stopPrice)) * 100 : 0;
  return (
    <span className="range" aria-hidden>
      <i style={{ insetInlineStart: `${Math.min(100, Math.max(0, share))}%` }} />
    </span>
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
