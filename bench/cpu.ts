/** The CPU time that each part of the product has used (Linux). */
import { readFileSync } from 'node:fs';
import type { TestServers } from '../launcher/lab.js';

/** Process ids by the part's name, of the parts that run. */
export function pidsOf(servers: TestServers, worker: number | undefined): Record<string, number> {
  const found = {
    worker,
    temporal: servers.pid('temporal'),
    mongodb: servers.pid('mongodb'),
    simulator: servers.pid('simulator'),
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** CPU time used so far, ms (Linux counts it in hundredths of a second). */
export function cpuOf(pids: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return [name, (Number(fields[11]) + Number(fields[12])) * 10];
    }),
  );
}
