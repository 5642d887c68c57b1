import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TIMEFRAME_MS, type Timeframe } from '../../../../trading/types.js';
import { useConfig, useMarket, usePositions, useSignals, useTrades } from '../../api/queries.js';
import type { PositionEntry, SignalEntry, TradeEntry } from '../../api/types.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { toNumber } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import { NoChartYet, OldChartNote } from './ChartTrouble.js';
import { type ChartLevel, type ChartMark, PriceChart } from './PriceChart.js';
import { isStopAlone } from './standing.js';
import { useCandles } from './useCandles.js';

/** The market of one symbol as the bot sees it, with what it did there. */
export function PricePanel() {
  const { t } = useTranslation();
  const config = useConfig();
  const symbols = config.data?.symbols ?? [];
  const [chosenSymbol, setSymbol] = useState<string | null>(null);
  const [chosenTimeframe, setTimeframe] = useState<Timeframe | null>(null);
  const symbol = chosenSymbol && symbols.includes(chosenSymbol) ? chosenSymbol : symbols[0];
  const timeframe = chosenTimeframe ?? config.data?.timeframe ?? '5m';
  const candles = useCandles(symbol, timeframe);
  const marks = useMarks(symbol);
  const levels = useLevels(symbol);
  return (
    <Panel
      title={t('overview.priceTitle')}
      aside={
        <>
          <LastPrice symbol={symbol} />
          <NativeSelect
            size="xs"
            aria-label={t('common.symbol')}
            data={symbols}
            value={symbol ?? ''}
            onChange={(event) => setSymbol(event.currentTarget.value)}
          />
          <NativeSelect
            size="xs"
            aria-label={t('common.timeframe')}
            data={Object.keys(TIMEFRAME_MS)}
            value={timeframe}
            onChange={(event) => setTimeframe(event.currentTarget.value as Timeframe)}
          />
        </>
      }
    >
      {candles.trouble && !candles.data ? (
        <NoChartYet {...candles.trouble} retry={() => void candles.refetch()} />
      ) : (
        <Loaded query={config.data ? candles : { ...candles, error: config.error, refetch: config.refetch }} lines={8}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState title={t('overview.noCandles')} />
            ) : (
              <>
                <OldChartNote candles={candles} />
                <PriceChart
                  key={`${symbol} ${timeframe}`}
                  label={t('overview.priceLabel', { symbol, timeframe })}
                  candles={rows}
                  marks={marks}
                  levels={levels}
                />
              </>
            )
          }
        </Loaded>
      )}
      <p className="dim small">{t('overview.priceLegend')}</p>
    </Panel>
  );
}

function LastPrice({ symbol }: { symbol: string | undefined }) {
  const format = useFormat();
  const entry = useMarket().data?.items.find((item) => item.symbol === symbol);
  return entry ? <strong className="nowrap">{format.price(entry.price)}</strong> : null;
}

function useMarks(symbol: string | undefined): ChartMark[] {
  const { t } = useTranslation();
  const signals = useSignals({ symbol }).data?.items;
  const trades = useTrades({ symbol }).data?.items;
  const positions = usePositions().data?.items;
  return useMemo(() => {
    const open = (positions ?? []).filter((position) => position.symbol === symbol);
    return [
      ...(signals ?? []).filter(({ signalType }) => signalType !== 'HOLD').map(signalMark),
      ...[...(trades ?? []), ...open].map((item) => entryMark(item, t('overview.mark.entry'))),
      ...(trades ?? []).map((trade) => exitMark(trade, t('overview.mark.exit'))),
    ].sort((a, b) => a.time - b.time);
  }, [signals, trades, positions, symbol, t]);
}

const signalMark = (signal: SignalEntry): ChartMark => ({
  time: Date.parse(signal.candleTime ?? signal.createdAt),
  kind: signal.signalType === 'BUY' ? 'buy' : 'sell',
  text: '',
});
const entryMark = ({ entryTime }: TradeEntry | PositionEntry, text: string): ChartMark => ({
  time: Date.parse(entryTime),
  kind: 'entry',
  text,
});
const exitMark = ({ exitTime }: TradeEntry, text: string): ChartMark => ({
  time: Date.parse(exitTime),
  kind: 'exit',
  text,
});

function useLevels(symbol: string | undefined): ChartLevel[] {
  const { t } = useTranslation();
  const positions = usePositions().data?.items;
  return useMemo(
    () =>
      (positions ?? [])
        .filter((position) => position.symbol === symbol)
        .flatMap((position) => [
          { kind: 'entry' as const, price: toNumber(position.entryPrice) ?? 0, text: t('overview.mark.entry') },
          { kind: 'stop' as const, price: toNumber(position.stopPrice) ?? 0, text: t('overview.mark.stop') },
          {
            kind: 'target' as const,
            price: toNumber(position.targetPrice) ?? 0,
            text: t(isStopAlone(position) ? 'overview.mark.targetAlone' : 'overview.mark.target'),
          },
        ])
        .filter(({ price }) => price > 0),
    [positions, symbol, t],
  );
}
