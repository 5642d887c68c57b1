import { type ChildProcess, spawn } from 'node:child_process';

/** Ends the launcher's children when the launcher dies without warning. */
export interface Guard {
  add(pid: number): void;
  remove(pid: number): void;
  /** Lets go of the children without ending them: they have ended already. */
  close(): void;
  /** Ends the children as if the launcher had died. */
  abandon(): void;
}

/**
 * A shell that reads the children's pids from its standard input. Only the launcher holds the other end, so end of
 * input means that the launcher is gone, kill -9 included: then it asks the children to end and, 5 s later, kills them.
 */
const SCRIPT = `
pids=" "
while read -r verb pid; do
  case "$verb" in
    add) pids="$pids$pid " ;;
    remove) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
    close) exit 0 ;;
  esac
done
for pid in $pids; do kill -TERM "$pid" 2>/dev/null; done
waited=0
while [ $waited -lt 50 ]; do
  alive=""
  for pid in $pids; do kill -0 "$pid" 2>/dev/null && alive="$alive $pid"; done
  [ -z "$alive" ] && exit 0
  sleep 0.1
  waited=$((waited + 1))
done
for pid in $alive; do kill -KILL "$pid" 2>/dev/null; done
`;

export function startGuard(): Guard {
  const pids = new Set<number>();
  let shell: ChildProcess | null = null;
  let closed = false;

  function start(): void {
    // In a session of its own: Ctrl-C in the terminal must not reach it.
    shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    shell.stdin?.on('error', () => undefined);
    shell.on('error', () => undefined);
    shell.on('exit', () => {
      if (!closed) setTimeout(() => !closed && start(), 1000).unref();
    });
    shell.unref();
    for (const pid of pids) tell(`add ${pid}`);
  }

  function tell(line: string): void {
    shell?.stdin?.write(`${line}\n`);
  }

  start();
  return {
    add(pid) {
      pids.add(pid);
      tell(`add ${pid}`);
    },
    remove(pid) {
      if (pids.delete(pid)) tell(`remove ${pid}`);
    },
    close() {
      closed = true;
      tell('close');
    },
    abandon() {
      closed = true;
      shell?.stdin?.end();
    },
  };
}
