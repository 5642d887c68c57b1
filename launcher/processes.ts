import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as this machine knows it: the pid alone is reused, together with the time of its start it is not. */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** Identity of a living process, or null where no process has this pid (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | null {
  if (!isAlive(pid)) return null;
  const startedAt = process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Whether exactly this process still lives, and not another one that was given its pid. */
export function isSame(known: ProcessIdentity): boolean {
  return identify(known.pid)?.startedAt === known.startedAt;
}

/** Asks the process to end, waits up to `patience` ms, then kills it. Nothing happens where it is gone already. */
export async function endProcess(known: ProcessIdentity, patience: number): Promise<void> {
  if (!isSame(known)) return;
  signal(known.pid, 'SIGTERM');
  const deadline = Date.now() + patience;
  while (Date.now() < deadline && isSame(known)) await pause(25);
  if (!isSame(known)) return;
  signal(known.pid, 'SIGKILL');
  while (isSame(known)) await pause(10);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in the meantime.
  }
}

function startFromProc(pid: number): string | null {
  try {
    // The second field is the program's name in brackets and may hold spaces: read on after the last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function startFromPs(pid: number): string | null {
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state?.startsWith('Z') ? null : start.join(' ');
  } catch {
    return null;
  }
}
