/** What a cycle leaves behind, in one message to the server, and once however often it is recorded. */
import type { AnyBulkWriteOperation, AnyClientBulkWriteModel, Document } from 'mongodb';
import type { LogComponent, LogLevel, StatusView } from '../../trading/types.js';
import type { Database } from './connect.js';
import type { LogDocument, PerformanceDocument } from './documents.js';
import { type SignalRecord, signalDocument } from './signalsRepository.js';
import { isDuplicateKey } from './values.js';

export interface LogEntry {
  logLevel: LogLevel;
  component: LogComponent;
  message: string;
  data?: Record<string, unknown> | null;
  /** Real time, ms; the record's own unless given. */
  at?: number;
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

interface Write {
  collection: string;
  operation: { insertOne: Document } | { updateOne: { filter: Document; update: Document; upsert?: boolean } };
}

export function createCycleRepository(database: Database) {
  return {
    /** @throws the driver's error where anything but "already written" went wrong */
    async recordCycle(userId: string, record: CycleRecord): Promise<void> {
      await writeAll(database, cycleWrites(userId, record));
    },

    /**
     * Log entries outside a cycle.
     * @param key with the user names the entries: the same key writes the same entries once
     */
    async appendLogs(userId: string, key: string, entries: readonly LogEntry[], at = Date.now()): Promise<void> {
      const documents = logDocuments(userId, key, entries, at);
      await writeAll(
        database,
        documents.map((document) => insert('auto_trading_logs', document)),
      );
    },
  };
}

function cycleWrites(userId: string, { cycle, at, logs, signals, snapshot, status }: CycleRecord): Write[] {
  const now = new Date(at);
  const writes = logDocuments(userId, `c${cycle}`, logs, at).map((log) => insert('auto_trading_logs', log));
  for (const signal of signals) writes.push(insert('ai_signals_log', signalDocument(userId, signal, now)));
  if (snapshot) {
    writes.push(insert('performance_data', performanceDocument(userId, cycle, snapshot, now)));
    writes.push(equityPoint(userId, snapshot, now));
  }
  if (status) {
    const { view, revision } = status;
    const filter = { _id: userId, revision: { $lte: revision } };
    const update = { $set: { ...view, revision, updatedAt: now } };
    writes.push({ collection: 'system_status', operation: { updateOne: { filter, update } } });
  }
  return writes;
}

const insert = (collection: string, document: object): Write => ({ collection, operation: { insertOne: document } });

function logDocuments(userId: string, key: string, entries: readonly LogEntry[], at: number): LogDocument[] {
  return entries.map((entry, index) => ({
    _id: `${userId}:${key}:${index}`,
    userId,
    // A tenth of a millisecond is not to be had: entries of one step keep their order by their _id.
    timestamp: new Date(entry.at ?? at),
    logLevel: entry.logLevel,
    component: entry.component,
    message: entry.message,
    data: entry.data ?? null,
  }));
}

function performanceDocument(userId: string, cycle: number, snapshot: EquitySnapshot, now: Date): PerformanceDocument {
  const { marketTime, ...figures } = snapshot;
  return { _id: `${userId}:${cycle}`, userId, cycle, timestamp: new Date(marketTime), recordedAt: now, ...figures };
}

function equityPoint(userId: string, { marketTime, equity, drawdownPct }: EquitySnapshot, now: Date): Write {
  const day = new Date(marketTime).toISOString().slice(0, 10);
  const slot = Math.floor((marketTime % 86_400_000) / 300_000);
  return {
    collection: 'equity_days',
    operation: {
      updateOne: {
        filter: { _id: `${userId}:${day}` },
        update: {
          $set: { userId, day, [`points.${slot}`]: [marketTime, equity, drawdownPct], last: equity, updatedAt: now },
          $setOnInsert: { first: equity },
          $min: { low: equity },
          $max: { high: equity },
        },
        upsert: true,
      },
    },
  };
}

async function writeAll(database: Database, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  if (database.bulkWriteAcrossCollections) await onceAcross(database, writes);
  else await Promise.all([...groups(writes)].map(([collection, group]) => onceInto(database, collection, group)));
}

async function onceAcross({ connection }: Database, writes: readonly Write[]): Promise<void> {
  const models = writes.map(({ collection, operation }) => {
    const namespace = `${connection.name}.${collection}`;
    return 'insertOne' in operation
      ? { name: 'insertOne', namespace, document: operation.insertOne }
      : { name: 'updateOne', namespace, ...operation.updateOne };
  }) as AnyClientBulkWriteModel<Document>[];
  await onlyDuplicates(() => connection.getClient().bulkWrite(models, { ordered: false }));
}

async function onceInto({ connection }: Database, collection: string, group: readonly Write[]): Promise<void> {
  const operations = group.map(({ operation }) =>
    'insertOne' in operation ? { insertOne: { document: operation.insertOne } } : operation,
  ) as AnyBulkWriteOperation<Document>[];
  await onlyDuplicates(() => connection.db!.collection(collection).bulkWrite(operations, { ordered: false }));
}

function groups(writes: readonly Write[]): Map<string, Write[]> {
  const found = new Map<string, Write[]>();
  for (const write of writes) found.set(write.collection, [...(found.get(write.collection) ?? []), write]);
  return found;
}

async function onlyDuplicates(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const found = (error as { writeErrors?: unknown }).writeErrors;
    const errors: unknown[] = found instanceof Map ? [...found.values()] : Array.isArray(found) ? found : [];
    const concerns = (error as { writeConcernErrors?: unknown[] }).writeConcernErrors ?? [];
    if (errors.length === 0 || concerns.length > 0 || !errors.every(isDuplicateKey)) throw error;
  }
}
