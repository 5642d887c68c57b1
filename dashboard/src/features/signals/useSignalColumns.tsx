import { useTranslation } from 'react-i18next';
import type { SignalEntry } from '../../api/types.js';
import type { Column } from '../../components/DataTable.js';
import { usePhone } from '../../components/usePhone.js';
import { useFormat } from '../../format/useFormat.js';
import { reasonText } from '../../i18n/server/index.js';

/** @param onSelect shows one signal whole */
export function useSignalColumns(onSelect: (signal: SignalEntry) => void): Column<SignalEntry>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const look = { BUY: 'good', SELL: 'bad', HOLD: '' } as const;
  return [
    {
      key: 'time',
      header: t('common.time'),
      cell: ({ createdAt }) => (
        <>
          {!phone && `${format.dayMonth(createdAt)} `}
          {format.clock(createdAt)}
        </>
      ),
      sort: ({ createdAt }) => createdAt,
    },
    {
      key: 'symbol',
      header: t('common.symbol'),
      sort: ({ symbol }) => symbol,
      cell: (signal) => (
        <>
          <b>{signal.symbol}</b>
          {phone && (
            <span className="second-line">
              <Outcome signal={signal} />
            </span>
          )}
        </>
      ),
    },
    {
      key: 'type',
      header: t('signals.type'),
      sort: ({ signalType }) => signalType,
      cell: ({ signalType, confidenceScore }) => (
        <span className={`pill ${look[signalType]}`}>
          {t(`signalType.${signalType}`)}
          {phone && ` ${confidenceScore}`}
        </span>
      ),
    },
    {
      key: 'confidence',
      header: t('signals.confidence'),
      wideOnly: true,
      cell: (signal) => <Confidence value={signal.confidenceScore} />,
      sort: ({ confidenceScore }) => confidenceScore,
    },
    {
      key: 'entry',
      header: t('signals.entry'),
      align: 'end',
      wideOnly: true,
      cell: ({ entryPrice }) => format.price(entryPrice || null),
    },
    {
      key: 'levels',
      header: t('signals.levels'),
      align: 'end',
      wideOnly: true,
      cell: ({ stopLoss, takeProfit }) =>
        stopLoss > 0 ? `${format.price(stopLoss)} / ${format.price(takeProfit)}` : '–',
    },
    { key: 'outcome', header: t('signals.outcome'), wideOnly: true, cell: (signal) => <Outcome signal={signal} /> },
    {
      key: 'reasons',
      header: t('signals.reasons'),
      cell: (signal) => (
        <button type="button" className="reasons small" onClick={() => onSelect(signal)}>
          {!phone && <span>{signal.reasons[0] === undefined ? '–' : reasonText(signal.reasons[0])}</span>}
          <span className="more">{t('signals.more')}</span>
        </button>
      ),
    },
    {
      key: 'model',
      header: t('signals.model'),
      wideOnly: true,
      cell: ({ modelVersion }) => <span className="mono small">{modelVersion ?? '–'}</span>,
    },
  ];
}

function Confidence({ value }: { value: number }) {
  return (
    <span className="row nowrap" style={{ gap: 6, flexWrap: 'nowrap' }}>
      <span className="meter" style={{ width: 54 }} aria-hidden>
        <i style={{ width: `${value}%` }} />
      </span>
      {value}
    </span>
  );
}

/** Bought at which price, still active, or refused and why. */
function Outcome({ signal }: { signal: SignalEntry }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  if (signal.executed)
    return <span className="up">{t('signals.executed', { price: format.price(signal.executionPrice) })}</span>;
  if (signal.rejection) {
    const names = signal.rejection.split(',').map((code) => {
      const key = `signalRejection.${code}`;
      return i18n.exists(key) ? t(key as 'signalRejection.STALE') : code;
    });
    return (
      <span className="dim clipped" title={names.join(', ')}>
        {names.join(', ')}
      </span>
    );
  }
  return <span className="dim">{signal.active ? t('signals.active') : t('signals.notExecuted')}</span>;
}
