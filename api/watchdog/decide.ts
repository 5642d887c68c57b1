/** What a look at the system means: which outages began, held on, and ended, and what is to be told. Pure. */

/** The parts looked at. `cycle:<userId>` is one user's overdue cycle; `cycles` is the same for the administrators. */
export const PARTS = ['temporal', 'worker', 'database', 'exchange', 'disk', 'audit', 'cycles', 'cycle'] as const;
export type Part = (typeof PARTS)[number];
export type ConditionKey = Exclude<Part, 'cycle'> | `cycle:${string}`;

export interface Finding {
  key: ConditionKey;
  /** What the message says beside its text: a count, a time, an amount. */
  detail: string;
}

export interface Look {
  /** Real time, ms. */
  at: number;
  bad: readonly Finding[];
  /** Parts that could not be looked at: what was known of them stays as it was. */
  unknown: readonly Part[];
}

export interface Outage {
  key: ConditionKey;
  /** The first look that saw it, real ms. */
  since: number;
  looks: number;
  told: boolean;
}

export type Outages = ReadonlyMap<ConditionKey, Outage>;

export interface Decision {
  outages: Outages;
  tell: (Finding & { since: number })[];
  /** Outages that ended with this look. */
  over: Outage[];
}

/** One look may be a hiccup; two are an outage. */
const LOOKS_UNTIL_TOLD = 2;

export const partOf = (key: ConditionKey): Part => key.split(':')[0] as Part;

export function decide(before: Outages, look: Look): Decision {
  const outages = new Map<ConditionKey, Outage>();
  const tell: Decision['tell'] = [];
  const bad = new Map(look.bad.map((finding) => [finding.key, finding]));
  for (const finding of bad.values()) {
    const known = before.get(finding.key) ?? { key: finding.key, since: look.at, looks: 0, told: false };
    const outage = { ...known, looks: known.looks + 1 };
    if (outage.looks >= LOOKS_UNTIL_TOLD && !outage.told && !isExplained(finding.key, bad)) {
      outage.told = true;
      tell.push({ ...finding, since: outage.since });
    }
    outages.set(finding.key, outage);
  }
  const over: Outage[] = [];
  for (const outage of before.values()) {
    if (bad.has(outage.key)) continue;
    if (look.unknown.includes(partOf(outage.key))) outages.set(outage.key, outage);
    else over.push(outage);
  }
  return { outages, tell, over };
}

/** Administrators hear of the cause; that every cycle is late without a worker needs no second message. */
function isExplained(key: ConditionKey, bad: ReadonlyMap<ConditionKey, Finding>): boolean {
  return key === 'cycles' && (bad.has('worker') || bad.has('temporal'));
}

export interface Planned {
  userId: string;
  /** When the next cycle was to begin, real ms. */
  nextCycleAt: number;
  /** s */
  interval: number;
}

/** A cycle is overdue once three intervals, and at least `floorMs`, have gone by since it was to begin. */
export function isOverdue({ nextCycleAt, interval }: Planned, now: number, floorMs = 60_000): boolean {
  return now - nextCycleAt > Math.max(3 * interval * 1_000, floorMs);
}

/** @param free, total bytes */
export function isNearlyFull(free: number, total: number): boolean {
  return free < 2 ** 30 || free < total * 0.05;
}

/** The outage of one condition for one user has one id in every API process: whoever stores it first tells it. */
export const SLOT_MS = 300_000;
export function notificationId(key: ConditionKey, userId: string, since: number): string {
  return `watchdog-${key.replace(':', '-')}-${userId}-${Math.floor(since / SLOT_MS)}`;
}
