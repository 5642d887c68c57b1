import { useTranslation } from 'react-i18next';
import type { StatusAnswer } from '../../api/types.js';
import { useNow } from '../../components/useNow.js';
import { useFormat } from '../../format/useFormat.js';
import { emergencyReason, logText } from '../../i18n/server/index.js';
import { useRefusalText } from './refusals.js';

const TONES = { RUNNING: 'up', REDUCING: 'warn', STOPPED: 'dim', EMERGENCY_STOPPED: 'down' } as const;

/** The id of the line that says why nobody can start; the button that starts points to it. */
export const NO_START = 'no-start';

/** The status in large letters, since when, when the next cycle comes, and why it is as it is. */
export function StatusHeadline({ status: view }: { status: StatusAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="grow">
      <div role="status" aria-live="polite" className={`headline ${TONES[view.status]}`}>
        <i className={view.status === 'RUNNING' ? 'dot pulse' : 'dot'} aria-hidden />
        <span data-testid="status">{t(`status.${view.status}`)}</span>
        <span className={`pill ${view.mode === 'live' ? 'bad' : 'accent'}`}>{t(`mode.${view.mode}`)}</span>
        {view.riskState !== 'ACTIVE' && <span className="pill attention">{t(`risk.${view.riskState}`)}</span>}
      </div>
      <div className="facts">
        <span>
          {t('control.since')} <b>{format.dateTime(view.since)}</b>
        </span>
        <NextCycle status={view} />
        <span>
          {t('control.cycles')} <b data-testid="cycle">{format.number(view.cycle, 0)}</b>
        </span>
        <span>
          {t('control.lastCycle')} <b>{format.time(view.lastCycleAt)}</b>
        </span>
      </div>
      <Why status={view} />
    </div>
  );
}

function NextCycle({ status: { status, nextCycleAt } }: { status: StatusAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(1000);
  if (nextCycleAt === null || (status !== 'RUNNING' && status !== 'REDUCING')) return null;
  const seconds = (Date.parse(nextCycleAt) - now) / 1000;
  return (
    <span>
      {t('control.nextCycle')} <b>{seconds <= 0 ? t('control.dueNow') : format.duration(Math.ceil(seconds))}</b>
    </span>
  );
}

/** The reasons behind the status: the emergency's trigger, the last error, and what the safety checks refused. */
function Why({ status: { status, emergency, lastError, refusals, fleet } }: { status: StatusAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const refusalText = useRefusalText();
  return (
    <ul className="why">
      {fleet.stopped && (
        <li className="down" id={NO_START}>
          {t('control.why.fleet')}
        </li>
      )}
      {status === 'STOPPED' && <li className="dim">{t('control.why.stopped')}</li>}
      {status === 'REDUCING' && <li className="dim">{t('control.why.reducing')}</li>}
      {status === 'EMERGENCY_STOPPED' && emergency && (
        <li className="down">
          {t(`trigger.${emergency.trigger}`)}
          {emergency.reason ? `: ${emergencyReason(emergency.reason)}` : ''} · {t('control.why.resetNeeded')}
        </li>
      )}
      {(status === 'RUNNING' || status === 'REDUCING') &&
        refusals.slice(0, 4).map((refusal) => (
          <li key={`${refusal.code} ${refusal.symbol}`} className="warn">
            {refusalText(refusal)}
          </li>
        ))}
      {lastError && (
        <li className="dim">
          {t('control.lastError')} ({format.dateTime(lastError.at)}): {logText(lastError.message)}
        </li>
      )}
    </ul>
  );
}
