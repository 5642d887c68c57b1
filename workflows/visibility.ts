/** What the Temporal Web UI shows of a trading workflow: typed search attributes and the current details. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Session } from './session.js';

const STATUS = defineSearchAttributeKey('TradingStatus', SearchAttributeType.KEYWORD);
const MODE = defineSearchAttributeKey('TradingMode', SearchAttributeType.KEYWORD);
const POSITIONS = defineSearchAttributeKey('OpenPositions', SearchAttributeType.INT);
const PNL = defineSearchAttributeKey('DailyPnlPct', SearchAttributeType.DOUBLE);

export function showState({ state }: Session): void {
  const account = state.account;
  const wanted = [
    { key: STATUS, value: state.status },
    { key: MODE, value: state.settings?.tradingMode ?? 'CONSERVATIVE' },
    { key: POSITIONS, value: account?.openPositions ?? 0 },
    // A tenth of a percent is fine enough to search by, and keeps an idle cycle's history free of this event.
    { key: PNL, value: Math.round((account?.dailyPnlPct ?? 0) * 10) / 10 },
  ];
  const known = workflowInfo().typedSearchAttributes;
  const changed = wanted.filter(({ key, value }) => known.get(key as typeof STATUS) !== value);
  if (changed.length > 0) upsertSearchAttributes(changed as Parameters<typeof upsertSearchAttributes>[0]);
  setCurrentDetails(detailsText(state));
}

function detailsText(state: Session['state']): string {
  const account = state.account;
  const lines = [
    `**${state.status}** (${state.mode}, risk ${state.riskState}) since ${new Date(state.since).toISOString()}`,
    `Cycle ${state.cycle}; next ${state.nextCycleAt ? new Date(state.nextCycleAt).toISOString() : 'not scheduled'}`,
  ];
  if (account)
    lines.push(
      `Equity ${account.equity.toFixed(2)}, today ${account.dailyPnl.toFixed(2)} (${account.dailyPnlPct.toFixed(2)} %), ${account.openPositions} open positions`,
    );
  if (state.refusals.length > 0) lines.push(`Refused: ${state.refusals.map((refusal) => refusal.code).join(', ')}`);
  if (state.lastError) lines.push(`Last error: ${state.lastError.code} at ${state.lastError.at}`);
  return lines.join('\n\n');
}
