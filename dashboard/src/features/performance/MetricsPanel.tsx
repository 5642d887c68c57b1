import { useTranslation } from 'react-i18next';
import { Panel, Stat } from '../../components/Panel.js';
import { gainClass } from '../../format/format.js';
import { type Format } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';

const money = (format: Format, value: number) => `${format.signedMoney(value)}`;
const percent = (format: Format, value: number) => format.percent(value);
const signedPercent = (format: Format, value: number) => format.signedPercent(value);
const plain = (format: Format, value: number) => format.number(value, 2);
const whole = (format: Format, value: number) => format.number(value, 0);

/** The metrics that are known by name, in the order of the page; what the server adds is shown after them as it is. */
const KNOWN = {
  totalReturnPct: signedPercent,
  cagrPct: signedPercent,
  buyAndHoldPct: signedPercent,
  alphaPct: signedPercent,
  trades: whole,
  winRatePct: percent,
  profitFactor: plain,
  payoff: plain,
  expectancy: money,
  averageWin: money,
  averageLoss: money,
  bestTradePct: signedPercent,
  worstTradePct: signedPercent,
  maxDrawdownPct: percent,
  maxDrawdownDays: plain,
  volatilityPct: percent,
  sharpe: plain,
  sortino: plain,
  calmar: plain,
  valueAtRiskPct: percent,
  expectedShortfallPct: percent,
  longestLossStreak: whole,
  averageHoldingMinutes: plain,
  exposurePct: percent,
  turnover: plain,
  fees: plain,
} as const satisfies Record<string, (format: Format, value: number) => string>;
export type MetricName = keyof typeof KNOWN;

/** Left out where nothing was held against. */
const AGAINST_MARKET: readonly MetricName[] = ['buyAndHoldPct', 'alphaPct'];

/** A few days carried on for a year say nothing. */
const PER_YEAR: readonly MetricName[] = ['cagrPct', 'alphaPct', 'volatilityPct', 'sharpe', 'sortino', 'calmar'];
const DAYS_FOR_A_YEAR = 7;

interface MetricsPanelProps {
  metrics: Record<string, number | null>;
  /** How long the period is; figures per year are left out of less than a week. */
  days?: number;
}

/** Each metric with its definition under it. */
export function MetricsPanel({ metrics, days = DAYS_FOR_A_YEAR }: MetricsPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = (Object.keys(KNOWN) as MetricName[]).filter(
    (name) => metrics[name] !== undefined && !(metrics[name] === null && AGAINST_MARKET.includes(name)),
  );
  return (
    <Panel title={t('performance.metrics')}>
      <dl className="grid" style={{ ['--min' as string]: '160px' }}>
        {names.map((name) => {
          const tooShort = days < DAYS_FOR_A_YEAR && PER_YEAR.includes(name);
          const value = tooShort ? null : (metrics[name] ?? null);
          const signed = KNOWN[name] === money || KNOWN[name] === signedPercent;
          return (
            <Stat
              key={name}
              label={t(`metrics.${name}.label`)}
              tone={signed ? gainClass(value) : undefined}
              value={value === null ? '–' : KNOWN[name](format, value)}
              note={t(`metrics.${name}.help`)}
            />
          );
        })}
      </dl>
      {days < DAYS_FOR_A_YEAR && <p className="dim small">{t('performance.tooShort')}</p>}
    </Panel>
  );
}
