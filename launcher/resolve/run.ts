import { spawn } from 'node:child_process';

export interface Outcome {
  code: number | null;
  output: string;
  timedOut: boolean;
}

const KEPT = 20_000;

/** Runs a program to its end, at most `timeout` ms, and gives what it printed (the last 20,000 characters). */
export function run(
  command: string,
  args: string[],
  options: { timeout: number; env?: NodeJS.ProcessEnv; signal?: AbortSignal; cwd?: string },
): Promise<Outcome> {
  return new Promise((resolve) => {
    // A process group of its own, so that what it starts itself ends with it.
    const child = spawn(command, args, {
      env: options.env,
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    let timedOut = false;
    const take = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-KEPT));
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, options.timeout);
    options.signal?.addEventListener('abort', kill, { once: true });
    const done = (code: number | null): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
      resolve({ code, output, timedOut });
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => {
      output += error.message;
      done(null);
    });
    // 'exit', not 'close': a grandchild that keeps the pipe open must not hold us up.
    child.once('exit', (code) => setTimeout(() => done(code), 20));
  });
}

/** The last line that says something, for a one-line account of a failure. */
export function lastLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('WARNING: Running pip as')).at(-1) ?? 'no output';
}
