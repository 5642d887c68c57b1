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
  netProfit: money,
  trades: whole,
  winRatePct: percent,
  profitFactor: plain,
  expectancy: money,
  maxDrawdownPct: percent,
  sharpe: plain,
  sortino: plain,
  calmar: plain,
  averageWin: money,
  averageLoss: money,
  fees: plain,
  exposurePct: percent,
} as const satisfies Record<string, (format: Format, value: number) => string>;
export type MetricName = keyof typeof KNOWN;

/** Each metric with its definition under it. */
export function MetricsPanel({ metrics }: { metrics: Record<string, number | null> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = (Object.keys(KNOWN) as MetricName[]).filter((name) => metrics[name] !== undefined);
  return (
    <Panel title={t('performance.metrics')}>
      <dl className="grid" style={{ ['--min' as string]: '160px' }}>
        {names.map((name) => {
          const value = metrics[name] ?? null;
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
    </Panel>
  );
}
