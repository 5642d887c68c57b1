/** The last step: one batched write of what the cycle did. Repeating it writes nothing twice. */
import type { LogEntry } from '../adapters/database/cycleRepository.js';
import type { SignalRecord } from '../adapters/database/signalsRepository.js';
import { crashPoint } from './crashPoints.js';
import type { ActivityDependencies } from './dependencies.js';
import { logEntries } from './logLines.js';
import type { SeenCandles } from './signals/seenCandles.js';
import type { CycleRecord, SignalReport } from './types.js';

export async function recordCycle(deps: ActivityDependencies, seen: SeenCandles, record: CycleRecord): Promise<number> {
  await write(deps, seen, record);
  crashPoint('cycle-recorded');
  return record.beganAt === undefined ? 0 : Math.max(0, deps.now() - record.beganAt);
}

async function write(deps: ActivityDependencies, seen: SeenCandles, record: CycleRecord): Promise<void> {
  const { userId, cycle, startedAt, marketTime } = record;
  const logs = logEntries(record.lines);
  if (marketTime === null) {
    // Not a cycle's own record (or one that failed before it saw the market): it stands beside the cycle's.
    await deps.repositories.cycle.appendLogs(userId, `c${cycle}-${record.part ?? startedAt}`, logs, startedAt);
    await deps.repositories.status.put(userId, withoutEmergency(record.status), startedAt);
    return;
  }
  await deps.repositories.cycle.recordCycle(userId, {
    cycle,
    at: startedAt,
    logs: [...logs, cycleLine(record), ...record.signals.filter((signal) => signal.type !== 'HOLD').map(signalLine)],
    signals: record.signals.map((signal) => signalRecord(signal, record)),
    snapshot: record.account && { marketTime, ...snapshotFields(record.account) },
    status: { view: withoutEmergency(record.status), revision: startedAt },
  });
  // After their insert: the entry itself came before the record.
  if (record.executions?.length) await markExecuted(deps, userId, record.executions);
  for (const signal of record.signals) seen.add(signal.signalId);
}

async function markExecuted(
  { repositories }: ActivityDependencies,
  userId: string,
  executions: NonNullable<CycleRecord['executions']>,
): Promise<void> {
  const open = new Set((await repositories.positions.open(userId)).map((position) => position.signalId));
  for (const { signalId, price } of executions)
    await repositories.signals.markExecuted(signalId, price, open.has(signalId));
}

/** Receipts are written by the emergency's own steps; a cycle's record leaves the last one as it is. */
function withoutEmergency(status: CycleRecord['status']): CycleRecord['status'] {
  const { emergency: _emergency, ...view } = status;
  return view as CycleRecord['status'];
}

function cycleLine(record: CycleRecord): LogEntry {
  const prices = Object.entries(record.prices).map(([symbol, price]) => `${symbol} ${price}`);
  const opinions = record.signals.map((signal) => `${signal.symbol} ${signal.type} ${signal.confidence}`);
  const refused = record.status.refusals.map((refusal) => refusal.code);
  const parts = [
    prices.join(', '),
    opinions.length > 0 ? opinions.join(', ') : 'no new candle',
    ...(refused.length > 0 ? [`refused: ${refused.join(', ')}`] : []),
  ];
  return {
    name: 'cycle',
    logLevel: 'INFO',
    component: 'ENGINE',
    message: `Cycle ${record.cycle}: ${parts.join('; ')}`,
    data: { cycle: record.cycle },
  };
}

function signalLine(signal: SignalReport): LogEntry {
  const accepted = !signal.rejections?.length;
  return {
    name: `signal ${signal.symbol}`,
    logLevel: 'INFO',
    component: 'SIGNAL',
    message: `${signal.symbol} ${signal.type} at confidence ${signal.confidence}${accepted ? '' : `: not taken (${signal.rejections!.join(', ')})`}`,
    data: { signalId: signal.signalId, reasons: signal.reasons ?? [], probability: signal.probability ?? null },
  };
}

function signalRecord(signal: SignalReport, record: CycleRecord): SignalRecord {
  const price = record.prices[signal.symbol] ?? 0;
  const levels = signal.levels ?? { entryPrice: price, stopLoss: 0, takeProfit: 0 };
  return {
    id: signal.signalId,
    signal: {
      symbol: signal.symbol,
      type: signal.type,
      confidence: signal.confidence,
      candleTime: signal.candleTime,
      ...levels,
      reasons: signal.reasons ?? [],
      probability: signal.probability,
      modelVersion: signal.modelVersion,
      votes: signal.votes,
      contributions: signal.contributions,
      analyst: signal.analyst,
    },
    rejection: signal.rejections?.join(',') ?? (signal.shadow ? 'SHADOW' : null),
  };
}

function snapshotFields(account: NonNullable<CycleRecord['account']>) {
  const { equity, cash, positionsValue, realizedPnl, unrealizedPnl, fees, dailyPnl, dailyPnlPct, drawdownPct } =
    account;
  const { unitValue, unitsSince } = account;
  return {
    ...{ equity, cash, positionsValue, realizedPnl, unrealizedPnl, fees, dailyPnl, dailyPnlPct, drawdownPct },
    ...{ unitValue, unitsSince },
  };
}
