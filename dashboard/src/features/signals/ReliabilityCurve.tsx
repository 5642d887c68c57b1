import { useTranslation } from 'react-i18next';
import type { ReliabilityPoint } from '../../api/types.js';
import { useFormat } from '../../format/useFormat.js';

const SIZE = 260;
const EDGE = 34;
const at = (share: number) => EDGE + share * (SIZE - EDGE - 8);
const up = (share: number) => SIZE - EDGE - share * (SIZE - EDGE - 8);

/** Predicted probability against the share that came true: a perfect model lies on the diagonal. */
export function ReliabilityCurve({ points }: { points: readonly ReliabilityPoint[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const most = Math.max(...points.map(({ count }) => count), 1);
  const used = points.filter(({ count }) => count > 0);
  return (
    <figure className="reliability">
      <svg viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={t('model.reliabilityLabel')}>
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <g key={share}>
            <line x1={at(share)} x2={at(share)} y1={up(0)} y2={up(1)} stroke="var(--border)" />
            <line x1={at(0)} x2={at(1)} y1={up(share)} y2={up(share)} stroke="var(--border)" />
            <text x={at(share)} y={SIZE - 18} textAnchor="middle">
              {share}
            </text>
            <text x={EDGE - 5} y={up(share) + 3} textAnchor="end">
              {share}
            </text>
          </g>
        ))}
        <line x1={at(0)} y1={up(0)} x2={at(1)} y2={up(1)} stroke="var(--dim)" strokeDasharray="4 4" />
        <polyline
          fill="none"
          stroke="var(--accent)"
          strokeWidth="2"
          points={used.map(({ predicted, observed }) => `${at(predicted)},${up(observed)}`).join(' ')}
        />
        {used.map(({ predicted, observed, count }) => (
          <circle
            key={predicted}
            cx={at(predicted)}
            cy={up(observed)}
            r={2.5 + 5 * Math.sqrt(count / most)}
            fill="var(--accent)"
          >
            <title>
              {t('model.point', { predicted: format.number(predicted), observed: format.number(observed), count })}
            </title>
          </circle>
        ))}
        <text x={at(0.5)} y={SIZE - 4} textAnchor="middle">
          {t('model.predicted')}
        </text>
        <text x={10} y={up(0.5)} textAnchor="middle" transform={`rotate(-90 10 ${up(0.5)})`}>
          {t('model.observed')}
        </text>
      </svg>
      <figcaption className="dim small">{t('model.reliabilityHelp')}</figcaption>
    </figure>
  );
}
