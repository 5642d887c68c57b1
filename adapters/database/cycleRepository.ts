/** What a cycle leaves behind, in one message to the server, and once however often it is recorded. */
import { createHash } from 'node:crypto';
import type { EmergencyReceipt, LogComponent, LogLevel, StatusView } from '../../trading/types.js';
import { createWriter, insertInto, type Write } from './bulkWrites.js';
import type { Database } from './connect.js';
import type {
  AccountNoticeDocument,
  LogDocument,
  PerformanceDocument,
  StatusDocument,
  StoredPoint,
} from './documents.js';
import { type SignalRecord, signalDocument } from './signalsRepository.js';

const KEPT_RECEIPTS = 20;

export interface LogEntry {
  logLevel: LogLevel;
  component: LogComponent;
  message: string;
  data?: Record<string, unknown> | null;
  /** Real time, ms; the record's own unless given. */
  at?: number;
  /** What there is one of in its record, whatever it says: a record that is made anew does not tell it twice. */
  name?: string;
}

/** Equity at the cycle, quote units; `marketTime` in ms. */
export interface EquitySnapshot {
  marketTime: number;
  equity: number;
  cash: number;
  positionsValue: number;
  realizedPnl: number;
  unrealizedPnl: number;
  fees: number;
  dailyPnl: number;
  dailyPnlPct: number;
  drawdownPct: number;
  /** Quote units, and market time ms (trading/pnl/units.ts). */
  unitValue?: number | null | undefined;
  unitsSince?: number | null | undefined;
}

export interface CycleRecord {
  /** The cycle's number: with the user it names everything that is written here. */
  cycle: number;
  /** Real time of the cycle, ms. */
  at: number;
  logs: readonly LogEntry[];
  signals: readonly SignalRecord[];
  snapshot: EquitySnapshot | null;
  /** `revision` rises with time, such as the ms at which the view was made: an older view never replaces a newer. */
  status: { view: StatusView; revision: number } | null;
}

export function createCycleRepository(database: Database) {
  const write = createWriter(database);
  return {
    /** @throws the driver's error where anything but "already written" went wrong */
    async recordCycle(userId: string, record: CycleRecord): Promise<void> {
      await write(cycleWrites(userId, record));
    },

    /** The end of an emergency: the status, its receipt among the last ones, and the log. Repeating it changes nothing. */
    async recordEmergency(userId: string, view: StatusView, logs: readonly LogEntry[], at = Date.now()): Promise<void> {
      const key = `emergency-${view.emergency?.triggeredAt ?? at}`;
      const writes = logDocuments(userId, key, logs, at).map((log) => insertInto('auto_trading_logs', log));
      writes.push(statusWrite(userId, view, at));
      if (view.emergency) writes.push(await receiptWrite(database, userId, view.emergency, at));
      await write(writes);
    },

    /**
     * Log entries outside a cycle.
     * @param key with the user names the entries: the same key writes the same entries once
     */
    async appendLogs(userId: string, key: string, entries: readonly LogEntry[], at = Date.now()): Promise<void> {
      const documents = logDocuments(userId, key, entries, at);
      await write(documents.map((document) => insertInto('auto_trading_logs', document)));
    },

    /** A line of the log about the user's account, and the same among what the account's page shows. */
    async appendNotice(userId: string, key: string, code: string, entry: LogEntry, at = Date.now()): Promise<void> {
      const [line] = logDocuments(userId, key, [entry], at);
      const { _id, logLevel: level, message } = line!;
      const notice: AccountNoticeDocument = { _id, userId, at: new Date(at), level, code, message };
      await write([insertInto('auto_trading_logs', line!), insertInto('account_notices', notice)]);
    },
  };
}

function cycleWrites(userId: string, { cycle, at, logs, signals, snapshot, status }: CycleRecord): Write[] {
  const now = new Date(at);
  const writes = logDocuments(userId, `c${cycle}`, logs, at).map((log) => insertInto('auto_trading_logs', log));
  for (const signal of signals) writes.push(insertInto('ai_signals_log', signalDocument(userId, signal, now)));
  if (snapshot) {
    writes.push(insertInto('performance_data', performanceDocument(userId, cycle, snapshot, now)));
    writes.push(equityPoint(userId, snapshot, now));
  }
  if (status) writes.push(statusWrite(userId, status.view, status.revision, now));
  return writes;
}

function statusWrite(userId: string, view: StatusView, revision: number, now = new Date(revision)): Write {
  // A cycle that was under way when everybody was stopped shows nobody as trading again.
  const filter = { _id: userId, revision: { $lte: revision }, pendingStop: null };
  const update = { $set: { ...view, revision, updatedAt: now } };
  return { collection: 'system_status', operation: { updateOne: { filter, update } } };
}

async function receiptWrite(
  { models }: Database,
  userId: string,
  receipt: EmergencyReceipt,
  at: number,
): Promise<Write> {
  const stored = await models.status.findById(userId, { receipts: 1 }).lean<Pick<StatusDocument, 'receipts'>>();
  // In the place of an earlier state of the same emergency.
  const others = (stored?.receipts ?? []).filter((one) => one.triggeredAt !== receipt.triggeredAt);
  const receipts = [...others, receipt].slice(-KEPT_RECEIPTS);
  const update = { $set: { emergency: receipt, receipts, updatedAt: new Date(at) } };
  return { collection: 'system_status', operation: { updateOne: { filter: { _id: userId }, update } } };
}

function logDocuments(userId: string, key: string, entries: readonly LogEntry[], at: number): LogDocument[] {
  return entries.map((entry, index) => ({
    _id: `${userId}:${key}:${entry.name ?? `${index}-${digestOf(entry.message)}`}`,
    userId,
    // A tenth of a millisecond is not to be had: entries of one step keep their order by their _id.
    timestamp: new Date(entry.at ?? at),
    logLevel: entry.logLevel,
    component: entry.component,
    message: entry.message,
    data: entry.data ?? null,
  }));
}

/** A cycle that a dying worker had recorded runs anew and may say other things: both are kept, the same ones once. */
const digestOf = (message: string): string => createHash('sha1').update(message).digest('hex').slice(0, 8);

function performanceDocument(userId: string, cycle: number, snapshot: EquitySnapshot, now: Date): PerformanceDocument {
  const { marketTime, ...figures } = snapshot;
  return { _id: `${userId}:${cycle}`, userId, cycle, timestamp: new Date(marketTime), recordedAt: now, ...figures };
}

function equityPoint(userId: string, snapshot: EquitySnapshot, now: Date): Write {
  const { marketTime, equity, drawdownPct, unitValue, unitsSince } = snapshot;
  const point: StoredPoint = [marketTime, equity, drawdownPct];
  if (typeof unitValue === 'number') point.push(unitValue, unitsSince);
  const day = new Date(marketTime).toISOString().slice(0, 10);
  const slot = Math.floor((marketTime % 86_400_000) / 300_000);
  return {
    collection: 'equity_days',
    operation: {
      updateOne: {
        filter: { _id: `${userId}:${day}` },
        update: {
          $set: { userId, day, [`points.${slot}`]: point, last: equity, updatedAt: now },
          $setOnInsert: { first: equity },
          $min: { low: equity },
          $max: { high: equity },
        },
        upsert: true,
      },
    },
  };
}
