/** Resident memory of the product's processes. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Product } from './product.js';
import type { MemorySample } from './statistics.js';

/** kB, by process name; the launcher is one of them. */
export type Memory = Record<string, MemorySample[]>;

/** Adds what each process holds now. A process that is just being replaced is left out this once. */
export function sampleMemory(product: Product, second: number, memory: Memory): void {
  const { pid, processes } = product.runtime();
  for (const [name, id] of Object.entries({ ...processes, launcher: pid })) {
    const kilobytes = residentKilobytes(id);
    if (kilobytes !== null) (memory[name] ??= []).push({ second, kilobytes });
  }
}

/** From /proc where there is one, otherwise from ps; null where the process is gone. */
export function residentKilobytes(pid: number): number | null {
  try {
    const found =
      process.platform === 'linux'
        ? /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return found ? Number(found) : null;
  } catch {
    return null;
  }
}
