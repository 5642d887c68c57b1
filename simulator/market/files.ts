import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CSV_HEADER, candlesFromFile } from '../../adapters/candles/csv.js';
import { CandleFileError } from '../../adapters/candles/errors.js';
import type { CandleColumns } from '../../trading/types.js';
import { INTERVAL_MS, isInterval } from './intervals.js';

/** Recorded candles of one symbol as columns over an even grid; a gap of the record is NaN in every column. */
export interface Recording {
  symbol: string; // BTCUSDT
  /** Length of one candle, ms. */
  interval: number;
  /** Opening of the first candle, ms UTC. */
  start: number;
  length: number;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  /** Most decimals seen in a price and in a volume. */
  priceDecimals: number;
  volumeDecimals: number;
}

interface CandleFile {
  name: string;
  candles: CandleColumns;
}

const FILE_NAME = /^([A-Za-z0-9]{5,20})(?:[-_](\d+[smhdwM]))?(?:[-_.].*)?\.csv(\.gz)?$/;

/**
 * Reads the finest candles of every symbol in a folder. Files are named `BTCUSDT-5m-anything.csv` or `.csv.gz`; without
 * an interval in the name it is taken from the timestamps. Several files of one symbol and interval are joined. They are
 * held to the rules that every candle file is (adapters/candles/csv.ts).
 */
export function readRecordings(folder: string): Recording[] {
  const names = listing(folder);
  const groups = new Map<string, Map<number, string[]>>();
  for (const name of names) {
    const match = FILE_NAME.exec(name);
    if (!match?.[1]) continue;
    const label = match[2] ?? '';
    const interval = isInterval(label) ? INTERVAL_MS[label] : 0;
    const byInterval = groups.get(match[1].toUpperCase()) ?? new Map<number, string[]>();
    byInterval.set(interval, [...(byInterval.get(interval) ?? []), name]);
    groups.set(match[1].toUpperCase(), byInterval);
  }
  const recordings = [...groups].map(([symbol, byInterval]) => finest(folder, symbol, byInterval));
  if (recordings.length === 0)
    throw new Error(
      `no candle files in ${folder}: expected names such as BTCUSDT-1m-2024.csv.gz with the header ${CSV_HEADER}`,
    );
  return recordings.sort((a, b) => a.symbol.localeCompare(b.symbol));
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new Error(`the folder of candle files cannot be read: ${folder} (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Named intervals are compared by name; a file without one has to be read first. */
function finest(folder: string, symbol: string, byInterval: Map<number, string[]>): Recording {
  const candidates = [...byInterval].filter(([interval]) => interval > 0).sort(([a], [b]) => a - b);
  const unnamed = byInterval.get(0);
  const named = candidates[0];
  const fromNamed = () => (named ? record(symbol, named[0], named[1].map(read(folder))) : null);
  if (!unnamed) return fromNamed() as Recording;
  const files = unnamed.map(read(folder));
  const interval = commonStep(files);
  return named && named[0] <= interval ? (fromNamed() as Recording) : record(symbol, interval, files);
}

/** Before this no coin was traded, 1973 in ms UTC; seconds of today lie below it. */
const EARLIEST = 1e11;

const read =
  (folder: string) =>
  (name: string): CandleFile => {
    const candles = candlesFromFile(readFileSync(join(folder, name)), name);
    if (candles.timestamp[0]! < EARLIEST)
      throw new CandleFileError(
        name,
        2,
        `has the timestamp ${candles.timestamp[0]}, which may be in seconds; milliseconds since 1970 in UTC are needed`,
      );
    return { name, candles };
  };

/** The smallest distance between neighbouring timestamps, ms. */
function commonStep(files: CandleFile[]): number {
  let step = Number.POSITIVE_INFINITY;
  for (const { timestamp } of files.map(({ candles }) => candles))
    for (let i = 1; i < timestamp.length; i++) step = Math.min(step, timestamp[i]! - timestamp[i - 1]!);
  if (Object.values(INTERVAL_MS).includes(step as never)) return step;
  const names = files.map(({ name }) => name).join(', ');
  throw new Error(`${names}: ${step} ms between candles is no interval that the exchange knows`);
}

function record(symbol: string, interval: number, files: CandleFile[]): Recording {
  const start = Math.min(...files.map(({ candles }) => candles.timestamp[0]!));
  const end = Math.max(...files.map(({ candles }) => candles.timestamp.at(-1)!));
  const length = Math.round((end - start) / interval) + 1;
  if (length >= MOST_CANDLES)
    throw new Error(`${symbol}: from ${dayOf(start)} to ${dayOf(end)} there are too many candles (${length})`);
  const column = () => new Float64Array(length).fill(Number.NaN);
  const recording = {
    ...{ symbol, interval, start, length, priceDecimals: 0, volumeDecimals: 0 },
    ...{ open: column(), high: column(), low: column(), close: column(), volume: column() },
  };
  for (const file of files) addTo(recording, file);
  return recording;
}

const MOST_CANDLES = 20_000_000;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

const PRICES = ['open', 'high', 'low', 'close'] as const;
const COLUMNS = [...PRICES, 'volume'] as const;

function addTo(recording: Recording, file: CandleFile): void {
  const slots = slotsOf(recording, file);
  for (const column of COLUMNS) {
    const [from, to] = [file.candles[column], recording[column]];
    for (let index = 0; index < slots.length; index++) to[slots[index]!] = from[index]!;
  }
  for (const column of PRICES) recording.priceDecimals = decimalsOf(file.candles[column], recording.priceDecimals);
  recording.volumeDecimals = decimalsOf(file.candles.volume, recording.volumeDecimals);
}

/** The place of each of the file's candles in the recording. */
function slotsOf(recording: Recording, { name, candles }: CandleFile): Int32Array {
  const { start, interval, open } = recording;
  const wrong = (index: number, problem: (time: string) => string) =>
    new Error(`${name}, line ${index + 2}: ${problem(new Date(candles.timestamp[index]!).toISOString())}`);
  const slots = new Int32Array(candles.length);
  for (let index = 0; index < slots.length; index++) {
    const slot = (candles.timestamp[index]! - start) / interval;
    if (!Number.isInteger(slot)) throw wrong(index, (at) => `${at} is not on the grid of ${nameOf(interval)} candles`);
    const isKnown = !Number.isNaN(open[slot]);
    if (isKnown && COLUMNS.some((column) => recording[column][slot] !== candles[column][index]))
      throw wrong(index, (at) => `another file has a different candle of ${at}`);
    slots[index] = slot;
  }
  return slots;
}

const nameOf = (interval: number): string =>
  Object.entries(INTERVAL_MS).find(([, length]) => length === interval)?.[0] ?? `${interval} ms`;

/** Amounts are integers of 1e-8. */
const MOST_DECIMALS = 8;

/** How many decimals the values need, at least `decimals`. A value of few decimals is the double nearest to digits / 10^n. */
function decimalsOf(values: Float64Array, decimals: number): number {
  let needed = decimals;
  let power = 10 ** needed;
  for (let i = 0; i < values.length && needed < MOST_DECIMALS; i++) {
    const value = values[i]!;
    while (needed < MOST_DECIMALS && Math.round(value * power) / power !== value) power = 10 ** ++needed;
  }
  return needed;
}
