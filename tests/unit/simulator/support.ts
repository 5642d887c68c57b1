import { createExchange } from '../../../simulator/exchange.js';
import type { Store } from '../../../simulator/ledger/archive.js';
import type { Journal, JournalLine } from '../../../simulator/ledger/journal.js';
import type { Recording } from '../../../simulator/market/files.js';
import { createRecordedMarket } from '../../../simulator/market/recorded.js';

export type Row = [open: number, high: number, low: number, close: number, volume?: number] | null;
export const START = Date.UTC(2024, 0, 1);

/** A record of one-minute candles; null is a gap. */
export function recording(rows: Row[], symbol = 'BTCUSDT', interval = 60_000, start = START): Recording {
  const column = (i: number) => Float64Array.from(rows, (row) => (row ? (row[i] ?? 10) : Number.NaN));
  return {
    symbol,
    interval,
    start,
    length: rows.length,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
    priceDecimals: 2,
    volumeDecimals: 5,
  };
}

/** A walk of `count` candles around 60,000 from a seed, neighbours joined. */
export function walk(count: number, seed = 1): Row[] {
  let state = seed;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let price = 60_000;
  return Array.from({ length: count }, () => {
    const open = price;
    price = Math.round((price + (random() - 0.5) * 200) * 100) / 100;
    const high = Math.round((Math.max(open, price) + random() * 80) * 100) / 100;
    const low = Math.round((Math.min(open, price) - random() * 80) * 100) / 100;
    return [open, high, low, price, Math.round(random() * 1e6) / 1e5] as Row;
  });
}

export function memoryJournal(): { journal: Journal; lines: JournalLine[] } {
  const lines: JournalLine[] = [];
  return {
    lines,
    journal: {
      // A line goes through JSON, as it does on disk.
      write: (line) => void lines.push(JSON.parse(JSON.stringify(line)) as JournalLine),
      noteTime: () => undefined,
      size: () => lines.length,
      compact: (fresh) => {
        const kept = [...fresh].map((line) => JSON.parse(JSON.stringify(line)) as JournalLine);
        lines.splice(0, lines.length, ...kept);
      },
      close: () => undefined,
    },
  };
}

export function memoryStore(): Store {
  const texts: string[] = [];
  return { put: (text) => ({ at: texts.push(text) - 1, bytes: text.length }), get: ({ at }) => texts[at]!, close() {} };
}

/** An exchange without network and with a stopped clock. */
export function exchangeOf(rows: Row[], memory = memoryJournal(), time = 0, store = memoryStore()) {
  const source = createRecordedMarket([recording(rows)]);
  const exchange = createExchange({
    journal: memory.journal,
    store,
    restored: { lines: [...memory.lines], time },
    source,
    anchor: source.anchor,
    firstTime: source.firstTime,
    startSpeed: 60,
    realNow: () => 1_000,
  });
  return { exchange, source, ...memory };
}
