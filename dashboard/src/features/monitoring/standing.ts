import type { PositionEntry } from '../../api/types.js';

export type Standing = 'unprotected' | 'leaving' | 'stopAlone';

/** A stop stands on the exchange and no target: its level is looked at by the product alone. */
export const isStopAlone = ({ protection }: Pick<PositionEntry, 'protection'>): boolean => protection?.kind === 'STOP';

/** What there is to say of an open position beside its figures; of most there is nothing. */
export function standingOf(
  position: Pick<PositionEntry, 'status' | 'protection' | 'pendingExit' | 'unprotectedSince'>,
): Standing[] {
  if (position.status === 'CLOSED') return [];
  return [
    ...(position.unprotectedSince === null ? [] : ['unprotected' as const]),
    ...(position.pendingExit === null ? [] : ['leaving' as const]),
    ...(isStopAlone(position) ? ['stopAlone' as const] : []),
  ];
}
