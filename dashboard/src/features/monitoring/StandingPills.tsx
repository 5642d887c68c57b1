import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { PositionEntry } from '../../api/types.js';
import { standingOf } from './standing.js';

/** That a position is being sold and why, and what of its protection is missing. */
export function StandingPills({ position }: { position: PositionEntry }) {
  const { t } = useTranslation();
  const reason = position.pendingExit === null ? '' : t(`exitReason.${position.pendingExit}`).toLowerCase();
  return standingOf(position).map((standing) => (
    <Fragment key={standing}>
      <span className={`pill ${standing === 'unprotected' ? 'bad' : 'attention'}`}>
        {t(`positions.${standing}`, { reason })}
      </span>{' '}
    </Fragment>
  ));
}
