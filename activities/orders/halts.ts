import type { Desk } from './desk.js';

/** Why no entry may be sent at this moment, or null; looked at right before an intent is stored. */
export async function whyNotNow(desk: Desk): Promise<string | null> {
  if (desk.cancelled()) return 'trading was stopped';
  const { status, flags } = desk.deps.repositories;
  const [{ halted }, fleet] = await Promise.all([status.haltState(desk.userId), flags.fleet()]);
  if (halted) return 'trading is halted by an emergency stop';
  return fleet.halted ? 'the fleet is stopped' : null;
}
