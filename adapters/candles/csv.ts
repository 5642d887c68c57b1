import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { allocateCandles, sliceCandles } from '../../trading/market/columns.js';
import type { CandleColumns } from '../../trading/types.js';
import { CandleFileError } from './errors.js';

export const CSV_HEADER = 'timestamp,open,high,low,close,volume';

/**
 * Reads candles from a CSV file, plain or gzipped, with the header `timestamp,open,high,low,close,volume` (timestamp in
 * ms UTC). The rows must be whole, ascending without doubles and consistent; the first line that is not is named in the
 * CandleFileError. Gaps are not an error: exchanges have outages (see `findGaps`).
 */
export const readCandleCsv = (path: string): CandleColumns => candlesFromFile(wholeFile(path), path);

/** The same from a file's bytes; `path` only serves the error messages. */
export function candlesFromFile(raw: Buffer, path: string): CandleColumns {
  let bytes = raw;
  try {
    if (raw[0] === 0x1f && raw[1] === 0x8b) bytes = gunzipSync(raw);
  } catch (error) {
    throw new CandleFileError(path, 0, `cannot be read: ${(error as Error).message}`);
  }
  return parseCandleCsv(bytes, path);
}

/** Throws CandleFileError where it cannot be read. */
export function wholeFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CandleFileError(path, 0, `cannot be read: ${(error as Error).message}`);
  }
}

/** `path` only serves the error messages. */
export function parseCandleCsv(bytes: Uint8Array, path: string): CandleColumns {
  const start = afterHeader(bytes, path);
  const columns = allocateCandles(countLines(bytes, start));
  const fields = [columns.timestamp, columns.open, columns.high, columns.low, columns.close, columns.volume];
  let position = start;
  let row = 0;
  while (position < bytes.length) {
    const byte = bytes[position]!;
    if (byte === NEWLINE || byte === RETURN) {
      if (!isBlank(bytes, position)) throw new CandleFileError(path, row + 2, 'is empty');
      break;
    }
    for (let field = 0; field < 6; field++) {
      position = readNumber(bytes, position, fields[field]!, row, field, path);
      const end = bytes[position];
      if (field < 5 && end !== COMMA) throw tooFew(path, row, field);
      if (field < 5) position += 1;
    }
    if (bytes[position] === RETURN) position += 1;
    if (position < bytes.length && bytes[position] !== NEWLINE)
      throw new CandleFileError(
        path,
        row + 2,
        `has more than six values or a stray character: "${lineAt(bytes, position)}"`,
      );
    position += 1;
    checkRow(columns, row, path);
    row += 1;
  }
  if (row === 0) throw new CandleFileError(path, 2, 'is missing: the file has a header and no candles');
  return row === columns.length ? columns : sliceCandles(columns, 0, row);
}

const NEWLINE = 10;
const RETURN = 13;
const COMMA = 44;
const DOT = 46;
const MINUS = 45;
const ZERO = 48;
const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power);

/**
 * Reads one decimal number. Up to 15 digits and 22 places the integer of its digits divided by a power of ten is rounded
 * once, hence the same double that the language's own parser gives; anything longer or stranger goes to that parser.
 */
function readNumber(
  bytes: Uint8Array,
  from: number,
  column: Float64Array,
  row: number,
  field: number,
  path: string,
): number {
  let position = from;
  let digits = 0;
  let mantissa = 0;
  let places = -1;
  const negative = bytes[position] === MINUS;
  if (negative) position += 1;
  for (; position < bytes.length; position++) {
    const byte = bytes[position]!;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits += 1;
      if (places >= 0) places += 1;
    } else if (byte === DOT && places < 0) places = 0;
    else break;
  }
  const end = bytes[position];
  const plain = end === COMMA || end === NEWLINE || end === RETURN || end === undefined;
  if (plain && digits > 0 && digits <= 15 && places < 23) {
    const value = places > 0 ? mantissa / POWERS[places]! : mantissa;
    column[row] = negative ? -value : value;
    return position;
  }
  return readOddNumber(bytes, from, column, row, field, path);
}

function readOddNumber(
  bytes: Uint8Array,
  from: number,
  column: Float64Array,
  row: number,
  field: number,
  path: string,
): number {
  let end = from;
  while (end < bytes.length && bytes[end] !== COMMA && bytes[end] !== NEWLINE && bytes[end] !== RETURN) end += 1;
  const text = Buffer.from(bytes.subarray(from, end)).toString('utf8').trim();
  const value = text === '' ? Number.NaN : Number(text);
  const name = CSV_HEADER.split(',')[field];
  if (!Number.isFinite(value)) throw new CandleFileError(path, row + 2, `has "${text}" as ${name}; a number is needed`);
  column[row] = value;
  return end;
}

function checkRow({ timestamp, open, high, low, close, volume }: CandleColumns, row: number, path: string): void {
  const time = timestamp[row]!;
  const top = high[row]!;
  const bottom = low[row]!;
  const first = open[row]!;
  const last = close[row]!;
  if (row > 0 && !(time > timestamp[row - 1]!)) {
    const before = new Date(timestamp[row - 1]!).toISOString();
    const problem =
      time === timestamp[row - 1] ? 'repeats the time of the line before' : 'is earlier than the line before';
    throw new CandleFileError(path, row + 2, `${problem} (${before}); rows must ascend without doubles`);
  }
  if (!(time >= 0 && time < LATEST && Number.isInteger(time)))
    throw new CandleFileError(
      path,
      row + 2,
      `has the timestamp ${time}; whole milliseconds since 1970 in UTC are needed`,
    );
  const fine = bottom > 0 && first >= bottom && first <= top && last >= bottom && last <= top && volume[row]! >= 0;
  if (!fine)
    throw new CandleFileError(
      path,
      row + 2,
      `is inconsistent (open ${first}, high ${top}, low ${bottom}, close ${last}, volume ${volume[row]}): 0 < low <= open, close <= high and volume >= 0 are needed`,
    );
}

/** The year 2286: what is larger counts microseconds. Seconds are told by their distances, once the timeframe is asked. */
const LATEST = 1e13;

function afterHeader(bytes: Uint8Array, path: string): number {
  const newline = bytes.indexOf(NEWLINE);
  const end = newline < 0 ? bytes.length : newline;
  const header = Buffer.from(bytes.subarray(0, Math.min(end, 300)))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (header.toLowerCase().replaceAll(/["\s]/g, '') !== CSV_HEADER)
    throw new CandleFileError(path, 1, `is "${header.slice(0, 80)}"; the header ${CSV_HEADER} is needed`);
  return end + 1;
}

function countLines(bytes: Uint8Array, start: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE, start); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return bytes.length > start && bytes[bytes.length - 1] !== NEWLINE ? lines + 1 : lines;
}

function isBlank(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at]! > 32) return false;
  return true;
}

function lineAt(bytes: Uint8Array, position: number): string {
  const start = bytes.lastIndexOf(NEWLINE, position - 1) + 1;
  const end = bytes.indexOf(NEWLINE, position);
  return Buffer.from(bytes.subarray(start, end < 0 ? bytes.length : end))
    .toString('utf8')
    .slice(0, 120)
    .trimEnd();
}

function tooFew(path: string, row: number, field: number): CandleFileError {
  return new CandleFileError(
    path,
    row + 2,
    `has ${field + 1} ${field === 0 ? 'value' : 'values'}, six are needed (${CSV_HEADER})`,
  );
}
