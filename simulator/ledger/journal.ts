import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { PriceShift } from '../market/source.js';
import type { AccountRow, OrderRow, TradeRow } from './codec.js';
import type { OrderList } from './types.js';

/** One atomic change. Short keys: a: accounts, b: balances, o: orders, x: trades, l: lists, f: transfers, p: price shift, m: market. */
export interface JournalLine {
  t: number;
  a?: AccountRow[];
  b?: (readonly [string, string, string, string])[];
  o?: OrderRow[];
  x?: TradeRow[];
  l?: OrderList[];
  f?: [string, number, string, string, number][];
  p?: PriceShift;
  m?: MarketState;
}

/** Where market time stands and how the record lies on it. */
export interface MarketState {
  anchor: number;
  /** Speed given at the start, and the one in force since a change on the control port. */
  startSpeed: number;
  speed: number;
  paused: boolean;
}

export interface Journal {
  /** Returns after the line was handed to the kernel: it survives kill -9 of this process (not a power cut). */
  write(line: JournalLine): void;
  /** Notes the newest market time that anyone may have seen. */
  noteTime(time: number): void;
  size(): number;
  /** Replaces the file by one that holds only these lines. */
  compact(lines: Iterable<JournalLine>): void;
  close(): void;
}

export interface Restored {
  lines: JournalLine[];
  /** Newest market time seen before the end; 0 for a new state. */
  time: number;
}

const FILE = /^ledger-(\d+)\.jsonl$/;
const name = (generation: number) => `ledger-${generation}.jsonl`;

/** Opens (or makes) the state in a folder, reads what it holds, and gives the journal that goes on writing there. */
export function openJournal(folder: string): { journal: Journal; restored: Restored } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  let generation = Math.max(0, ...readdirSync(folder).map((file) => Number(FILE.exec(file)?.[1] ?? 0)));
  const restored: Restored = { lines: [], time: 0 };
  if (generation > 0) restored.lines = readLines(join(folder, name(generation)));
  generation = Math.max(generation, 1);
  removeOthers(folder, generation);
  let file = openSync(join(folder, name(generation)), 'a', 0o600);
  let bytes = fstatSync(file).size;
  const clockFile = openSync(join(folder, 'clock'), existsSync(join(folder, 'clock')) ? 'r+' : 'w+', 0o600);
  const clock = Buffer.alloc(16);
  readSync(clockFile, clock, 0, 16, 0);
  const seen = Number(clock.toString('latin1').replace(/\0/g, '').trim() || 0);
  restored.time = restored.lines.reduce((latest, line) => Math.max(latest, line.t), Number.isFinite(seen) ? seen : 0);

  const append = (target: number, line: JournalLine): number => {
    const text = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      for (let at = 0; at < text.length; ) at += writeSync(target, text, at);
    } catch (error) {
      // What cannot be kept must not be answered, nor may memory go on ahead of the file: the process ends.
      setImmediate(() => {
        throw error;
      });
      throw error;
    }
    return text.length;
  };
  return {
    restored,
    journal: {
      write(line) {
        bytes += append(file, line);
      },
      noteTime(time) {
        clock.write(String(Math.floor(time)).padEnd(16, ' '), 'latin1');
        writeSync(clockFile, clock, 0, 16, 0);
      },
      size: () => bytes,
      compact(lines) {
        const next = generation + 1;
        const temporary = join(folder, `${name(next)}.tmp`);
        const target = openSync(temporary, 'w', 0o600);
        let written = 0;
        for (const line of lines) written += append(target, line);
        renameSync(temporary, join(folder, name(next)));
        closeSync(file);
        file = target;
        bytes = written;
        generation = next;
        removeOthers(folder, generation);
      },
      close() {
        closeSync(file);
        closeSync(clockFile);
        unlock();
      },
    },
  };
}

/** A last line that a kill cut off was never acknowledged: it is taken off the file. Any other bad line is damage. */
function readLines(path: string): JournalLine[] {
  const text = readFileSync(path, 'utf8');
  const end = text.lastIndexOf('\n') + 1;
  if (end < text.length) {
    const file = openSync(path, 'r+');
    ftruncateSync(file, Buffer.byteLength(text.slice(0, end)));
    closeSync(file);
  }
  const lines: JournalLine[] = [];
  let number = 0;
  for (let from = 0; from < end; ) {
    const to = text.indexOf('\n', from);
    number++;
    try {
      lines.push(JSON.parse(text.slice(from, to)) as JournalLine);
    } catch {
      throw new Error(`${path}, line ${number} is damaged: move the state folder away to start with an empty exchange`);
    }
    from = to + 1;
  }
  return lines;
}

function removeOthers(folder: string, generation: number): void {
  for (const file of readdirSync(folder))
    if (file.endsWith('.tmp') || (FILE.test(file) && file !== name(generation)))
      rmSync(join(folder, file), { force: true });
}

/** Two exchanges on one state would overwrite each other: the second is refused while the first one lives. */
function lockFolder(folder: string): () => void {
  const path = join(folder, 'pid');
  if (existsSync(path)) {
    const owner = Number(readFileSync(path, 'utf8'));
    if (owner !== process.pid && isSimulator(owner))
      throw new Error(`another simulator (pid ${owner}) already uses the state in ${folder}`);
  }
  const file = openSync(path, 'w');
  writeSync(file, String(process.pid));
  closeSync(file);
  return () => rmSync(path, { force: true });
}

function isSimulator(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('simulator');
  } catch {
    return true; // no /proc here: a living process with that number has to be taken for the owner
  }
}
