import type { MatchingFaults } from '../matching/engine.js';
import { type Fault, type FaultKind, parseFaults } from './kinds.js';

/** What a request or stream is known by to the fault desk. */
export interface FaultTarget {
  /** "POST /api/v3/order", "stream:user", "stream:market", "ws-api". */
  endpoint: string;
  account?: string;
  symbol?: string;
}

interface Armed extends Fault {
  id: number;
  hits: number;
  passed: number;
}

/** The list of faults in force. Draws come from one seeded generator, so the same requests meet the same faults. */
export function createFaultDesk(realNow: () => number) {
  let armed: Armed[] = [];
  let counter = 0;
  let random = generator(1);

  const matches = (fault: Armed, target: FaultTarget) =>
    (fault.account === undefined || fault.account === target.account) &&
    (fault.symbol === undefined || target.symbol === undefined || fault.symbol === target.symbol) &&
    (fault.until === undefined || realNow() < fault.until) &&
    patternMatches(fault.endpoint, target.endpoint);

  /** Draws for the first fault of these kinds that applies; counts it as used. */
  function draw(target: FaultTarget, kinds: readonly FaultKind[]): Armed | null {
    for (const fault of armed) {
      if (!kinds.includes(fault.kind) || !matches(fault, target)) continue;
      if (fault.count !== undefined && fault.hits >= fault.count) continue;
      if (fault.passed++ < fault.after) continue;
      if (fault.probability < 1 && random() >= fault.probability) continue;
      fault.hits++;
      return fault;
    }
    return null;
  }

  const matching: MatchingFaults = {
    thinness: (symbol, account) => draw({ endpoint: 'matching', symbol, account }, ['thin-book'])?.factor ?? 1,
    part: (symbol, account) => {
      const fault = draw({ endpoint: 'matching', symbol, account }, ['partial-fills']);
      return fault ? fault.fraction : 1;
    },
  };

  return {
    matching,
    draw,
    random: () => random(),
    /** Adds the faults of a request's body; throws BadControlInput with the reason when it is wrong. */
    add(body: unknown): Armed[] {
      const { faults, seed, replace } = parseFaults(body, realNow());
      if (seed !== undefined) random = generator(seed);
      if (replace) armed = [];
      const added = faults.map((fault) => ({ ...fault, id: ++counter, hits: 0, passed: 0 }));
      armed.push(...added);
      return added;
    },
    list: (): Armed[] => armed.map((fault) => ({ ...fault })),
    /** Removes one fault, or all; returns how many went. */
    clear(id?: number): number {
      const before = armed.length;
      armed = id === undefined ? [] : armed.filter((fault) => fault.id !== id);
      return before - armed.length;
    },
    active: () => armed.length > 0,
    /** Milliseconds that the exchange's clock is off by. */
    clockSkew: (target: FaultTarget) => (armed.length === 0 ? 0 : (draw(target, ['clock-skew'])?.skewMs ?? 0)),
  };
}
export type FaultDesk = ReturnType<typeof createFaultDesk>;

/** `*` stands for anything; a path without a method means every method; streams are named `stream:user` and the like. */
export function patternMatches(pattern: string, endpoint: string): boolean {
  if (pattern === '*' || pattern === endpoint) return true;
  // Kinds that act inside the matching engine have no endpoint of their own: whatever they name means orders.
  if (endpoint === 'matching') return true;
  const whole =
    /^[A-Z]+ /.test(pattern) || pattern.includes(':') || !pattern.startsWith('/')
      ? endpoint
      : endpoint.replace(/^[A-Z]+ /, '');
  if (!pattern.includes('*')) return pattern === whole;
  const expression = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`).test(whole);
}

/** mulberry32: small, fast, and the same on every machine. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
