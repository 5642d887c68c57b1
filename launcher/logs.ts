import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const MAX_BYTES = 5 * 1024 * 1024;
const OLD_FILES = 3;
const TAIL_LINES = 20;

/** A child's output: written to `<folder>/<name>.log`, its last lines kept for error messages. */
export interface LogFile {
  attach(stream: Readable): void;
  /** A line of the launcher's own, such as "started as process 123". */
  note(text: string): void;
  tail(): string[];
  close(): void;
}

/**
 * At 5 MB the file becomes `<name>.log.1`, what was there `.2`, and so on; three old ones are kept. Writing is
 * synchronous: children log little, and what they said last must be in the file when they are gone.
 */
export function openLog(folder: string, name: string, onLine: (line: string) => void = () => undefined): LogFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.log`);
  let file = openSync(path, 'a', 0o600);
  let size = statSync(path).size;
  let recent: string[] = [];
  let closed = false;

  function write(line: string): void {
    if (closed) return;
    if (size > MAX_BYTES) rotate();
    size += writeSync(file, `${line}\n`);
  }

  function rotate(): void {
    closeSync(file);
    rmSync(`${path}.${OLD_FILES}`, { force: true });
    for (let n = OLD_FILES - 1; n >= 1; n -= 1) renameIfThere(`${path}.${n}`, `${path}.${n + 1}`);
    renameSync(path, `${path}.1`);
    file = openSync(path, 'a', 0o600);
    size = 0;
  }

  return {
    attach(stream) {
      byLine(stream, (line) => {
        write(line);
        recent = [...recent.slice(1 - TAIL_LINES), line];
        onLine(line);
      });
    },
    note: (text) => write(`--- ${new Date().toISOString()} launcher: ${text}`),
    tail: () => recent,
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}

/**
 * What of a child's output a person at the terminal should see: warnings and errors in pino's JSON form, and anything
 * that is not JSON on the error stream of a Node process (an uncaught exception).
 */
export function worthShowing(line: string): string | null {
  if (!line.startsWith('{')) return null;
  try {
    const entry = JSON.parse(line) as { level?: unknown; msg?: unknown; err?: { message?: unknown } };
    if (typeof entry.level !== 'number' || entry.level < 40) return null;
    const detail =
      typeof entry.err?.message === 'string' && entry.err.message !== entry.msg ? `: ${entry.err.message}` : '';
    return `${entry.level >= 50 ? 'error' : 'warning'}: ${String(entry.msg ?? '')}${detail}`;
  } catch {
    return null;
  }
}

function byLine(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream.on('end', () => rest && take(rest));
  stream.on('error', () => undefined);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
