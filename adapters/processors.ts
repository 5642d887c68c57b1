import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** The processors of a container's quota (cgroup v2), or the machine's. */
function usableProcessors(): number {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ').map(Number);
    if (quota! > 0 && period! > 0) return Math.min(quota! / period!, availableParallelism());
  } catch {
    // No such limit here.
  }
  return availableParallelism();
}

/** A look costs a reading of every processor's counters; within this time the last one is told again. */
const LOOK_MS = 250;

/**
 * How much of the processors was in use between the last two looks, 0 to 1: of the machine's by everybody, or of what
 * this process may use by itself, whichever is more.
 */
export function createProcessorUse(): () => number {
  const processors = usableProcessors();
  const look = () => {
    const times = cpus().map((cpu) => cpu.times);
    const all = times.reduce((sum, { user, nice, sys, irq, idle }) => sum + user + nice + sys + irq + idle, 0);
    const { user, system } = process.cpuUsage();
    return {
      at: performance.now(),
      all,
      idle: times.reduce((sum, { idle }) => sum + idle, 0),
      own: (user + system) / 1000,
    };
  };
  let last = look();
  let use = 0;
  return () => {
    if (performance.now() - last.at < LOOK_MS) return use;
    const now = look();
    const all = now.all - last.all;
    const ofMachine = all > 0 ? 1 - (now.idle - last.idle) / all : 0;
    const ofOurs = (now.own - last.own) / ((now.at - last.at) * processors);
    last = now;
    use = Math.min(1, Math.max(0, ofMachine, ofOurs));
    return use;
  };
}
