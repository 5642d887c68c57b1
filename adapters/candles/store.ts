import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allocateCandles, firstAtOrAfter } from '../../trading/market/columns.js';
import { type CandleColumns, TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';
import { candlesFromFile, wholeFile } from './csv.js';
import { CandleFileError } from './errors.js';

/**
 * Candles in a columnar binary file: 32 bytes of head (`CTPC`, version, count, timeframe in ms), then the six columns of
 * little-endian doubles, 48 bytes a candle, and a checksum. It is read without parsing (100,000 candles in a few ms) and
 * replaced atomically, so that a kill in the middle of a write leaves the file as it was.
 */
const MAGIC = 0x43505443;
const VERSION = 1;
const HEAD = 32;
const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

export const storePath = (folder: string, symbol: string, timeframe: Timeframe): string =>
  join(folder, `${symbol.replace('/', '-')}_${timeframe}.candles`);

export function listStore(folder: string): { path: string; symbol: string; timeframe: Timeframe }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const [, symbol, timeframe] = /^(.+)_(\w+)\.candles$/.exec(name) ?? [];
    if (!symbol || !timeframe || !Object.hasOwn(TIMEFRAME_MS, timeframe)) return [];
    return [{ path: join(folder, name), symbol: symbol.replace('-', '/'), timeframe: timeframe as Timeframe }];
  });
}

export function writeCandles(path: string, candles: CandleColumns, timeframe: Timeframe): void {
  const bytes = Buffer.alloc(HEAD + candles.length * 48 + 4);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(VERSION, 4);
  bytes.writeDoubleLE(candles.length, 8);
  bytes.writeDoubleLE(TIMEFRAME_MS[timeframe], 16);
  let at = HEAD;
  for (const name of COLUMNS) {
    const column = candles[name];
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  bytes.writeUInt32LE(checksum(bytes.subarray(0, at)), at);
  replaceFile(path, bytes);
}

/** Candles for a command: a file of the store, or CSV (see `readCandleCsv`). Throws CandleFileError. */
export function readCandleFile(path: string): CandleColumns {
  const bytes = wholeFile(path);
  return bytes.length >= 4 && bytes.readUInt32LE(0) === MAGIC ? columnsOf(bytes, path) : candlesFromFile(bytes, path);
}

/** Throws CandleFileError where the file is not whole or not of this timeframe. */
export const readCandles = (path: string, timeframe: Timeframe): CandleColumns =>
  columnsOf(wholeFile(path), path, timeframe);

function columnsOf(bytes: Buffer, path: string, timeframe?: Timeframe): CandleColumns {
  if (bytes.length < HEAD + 4 || bytes.readUInt32LE(0) !== MAGIC)
    throw new CandleFileError(path, 0, 'is not a candle file');
  if (bytes.readUInt32LE(4) !== VERSION)
    throw new CandleFileError(path, 0, `has version ${bytes.readUInt32LE(4)}, ${VERSION} is needed`);
  const length = bytes.readDoubleLE(8);
  const end = HEAD + length * 48;
  if (bytes.length !== end + 4)
    throw new CandleFileError(path, 0, `has ${bytes.length} bytes, ${end + 4} are needed for its ${length} candles`);
  if (timeframe && bytes.readDoubleLE(16) !== TIMEFRAME_MS[timeframe])
    throw new CandleFileError(path, 0, `holds candles of ${bytes.readDoubleLE(16)} ms, not ${timeframe}`);
  if (bytes.readUInt32LE(end) !== checksum(bytes.subarray(0, end)))
    throw new CandleFileError(path, 0, 'is damaged: its checksum does not match');
  const candles = allocateCandles(length);
  COLUMNS.forEach((name, index) => {
    const column = candles[name];
    const start = HEAD + index * length * 8;
    new Uint8Array(column.buffer).set(bytes.subarray(start, start + length * 8));
  });
  return candles;
}

/** Both series in one, ascending; where both have a candle the newer series' one counts. */
export function mergeCandles(older: CandleColumns, newer: CandleColumns): CandleColumns {
  if (older.length === 0 || newer.length === 0) return older.length === 0 ? newer : older;
  if (older.timestamp[older.length - 1]! < newer.timestamp[0]!) return joined(older, newer);
  if (newer.timestamp[newer.length - 1]! < older.timestamp[0]!) return joined(newer, older);
  const inNewer = (time: number): boolean => newer.timestamp[firstAtOrAfter(newer.timestamp, time)] === time;
  const rows: { from: CandleColumns; index: number }[] = [];
  for (let index = 0; index < older.length; index++)
    if (!inNewer(older.timestamp[index]!)) rows.push({ from: older, index });
  for (let index = 0; index < newer.length; index++) rows.push({ from: newer, index });
  rows.sort((a, b) => a.from.timestamp[a.index]! - b.from.timestamp[b.index]!);
  const merged = allocateCandles(rows.length);
  rows.forEach(({ from, index }, place) => {
    for (const name of COLUMNS) merged[name][place] = from[name][index]!;
  });
  return merged;
}

/** One after the other, as nearly every page of a download comes. */
function joined(first: CandleColumns, second: CandleColumns): CandleColumns {
  const all = allocateCandles(first.length + second.length);
  for (const name of COLUMNS) {
    all[name].set(first[name]);
    all[name].set(second[name], first.length);
  }
  return all;
}

/** FNV-1a over 32-bit words. */
function checksum(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  let hash = 0x811c9dc5;
  for (let index = 0; index < words.length; index++) hash = Math.imul(hash ^ words[index]!, 0x01000193);
  return hash >>> 0;
}

function replaceFile(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
