import type { Children } from '../children.js';
import { isFree } from '../ports.js';
import { candidates, giveUp } from '../resolve/index.js';
import type { Attempt, Program, ResolveOptions, ServerName } from '../resolve/types.js';
import { type ChildSpec, StartFailed } from '../supervise.js';

const TRIES = 3;

/**
 * Starts the first program that comes up. One that looks right and does not start gives way to the next, and a port
 * that somebody else took in the meantime to another one.
 * @param choosePorts called before each try; fixed ports come out the same each time.
 * @throws NoServer with everything that was tried.
 */
export async function startServer(
  server: ServerName,
  children: Children,
  choosePorts: () => Promise<number[]>,
  specOf: (program: Program, ports: number[]) => ChildSpec & { name: ServerName },
  options: ResolveOptions = {},
): Promise<{ program: Program; ports: number[] }> {
  const attempts: Attempt[] = [];
  for await (const program of candidates(server, attempts, options)) {
    for (let tries = 1; ; tries += 1) {
      options.signal?.throwIfAborted();
      const ports = await choosePorts();
      try {
        options.say?.(`starting ${program.command}`);
        await children.start(specOf(program, ports)).ready;
        return { program, ports };
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!(error instanceof StartFailed)) throw error;
        await children.stop(server);
        const lost = (await Promise.all(ports.map(isFree))).some((free) => !free);
        if (lost && tries < TRIES) continue;
        const said = error.tail.at(-1);
        attempts.push({
          step: `starting ${program.command}`,
          outcome: `${error.message}${said ? `: ${said.slice(0, 300)}` : ''}`,
        });
        break;
      }
    }
  }
  return giveUp(server, attempts);
}
