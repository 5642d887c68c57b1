/**
 * What an emergency stop costs under load. USERS users loop, every tenth of them as eagerly as it goes (AGGRESSIVE on 1m
 * candles, of which this market has one a second), the others by the defaults; one after another is stopped, and beside each
 * stop a bare update of an idle workflow is timed in the same moment. Then everybody left and more users up to FLEET,
 * of whom HOLDERS hold positions, are stopped at once and sold. The exchange's ledger says what was sent afterwards.
 */
import { loadDefaultConfig } from '../adapters/config/defaults.js';
import type { Database } from '../adapters/database/connect.js';
import type { Repositories } from '../adapters/database/repositories.js';
import { inLanes } from '../adapters/lanes.js';
import { stopFleet } from '../api/services/fleet.js';
import { createTradingService, type TradingService } from '../api/services/trading.js';
import { createControl } from '../commands/campaign/control.js';
import { type Stand, startStand } from '../commands/campaign/stand.js';
import type { EmergencyReceipt, TradingConfig } from '../trading/types.js';
import { TRADING_TASK_QUEUE } from '../workflows/messages.js';
import { cpuOf, pidsOf } from './cpu.js';

const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const USERS = number('BENCH_USERS', 500);
const FLEET = number('BENCH_FLEET', 1_000);
const HOLDERS = number('BENCH_HOLDERS', 200);
const STOPS = number('BENCH_STOPS', 120);
const INTERVAL_S = 30;
const SPEED = 60;
const BARE = 20;
/** Between two starts, ms: a user's first cycle makes their account and costs several of the later ones. */
const SPACING_MS = 200;
const EAGER = { tradingMode: 'AGGRESSIVE', timeframe: '1m' } as const;

export async function run(): Promise<Record<string, unknown>> {
  const place = await startStand({ simulator: { speed: SPEED, weightLimit: 100_000_000 } }, { CAMPAIGN: 'true' });
  try {
    await place.worker.ready();
    const looping = await startUsers(place, 'loop', USERS, INTERVAL_S, SPACING_MS);
    say(`${USERS} users loop at ${INTERVAL_S} s`);
    await pause(INTERVAL_S * 1_000);
    const load = await loadOf(place);
    const single = await stopOneByOne(place, looping.slice(0, STOPS));
    const late = await sentAfterHalt(place, looping.slice(0, STOPS));
    say(`single stops: ${JSON.stringify(single)}, orders after the halt ${late}`);

    // A plan of an entry is soon too old where a minute lasts a second and hundreds are entered at once.
    const { setSpeed } = createControl(place.servers.controlUrl);
    await setSpeed(1);
    const holders = await startHolders(place, HOLDERS);
    await setSpeed(SPEED);
    const others = await startUsers(place, 'idle', Math.max(0, FLEET - (USERS - STOPS) - HOLDERS), 300, SPACING_MS);
    say(`fleet: ${USERS - STOPS} looping, ${holders.length} holders, ${others.length} others`);
    const everybody = [...looping.slice(STOPS), ...holders, ...others];
    const fleet = await stopEverybody(place, everybody);
    return { users: USERS, ...load, single, ordersAfterHalt: late, fleet };
  } finally {
    await place.stop();
  }
}

const say = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const pause = (ms: number): Promise<void> => new Promise((next) => setTimeout(next, ms));

async function startUsers(
  { client, repositories }: Stand,
  name: string,
  count: number,
  interval: number,
  spacingMs: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const trading = createTradingService(client, repositories);
  const begun = Date.now();
  await inLanes(ids, 25, async (id, index) => {
    await makeUser(repositories, id, { tradingInterval: interval, ...(index % 10 === 0 ? EAGER : {}) });
    await trading.ensure(id);
    await pause(Math.max(0, begun + index * spacingMs - Date.now()));
    await begin(trading, id);
  });
  return ids;
}

/** A start that came too late on a busy machine is asked for again; it is the same start. */
async function begin(trading: TradingService, id: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return void (await trading.start(id, 'bench'));
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

async function makeUser(repositories: Repositories, id: string, config: Partial<TradingConfig>): Promise<void> {
  const standard = loadDefaultConfig();
  const risk = { ...standard.risk, cooldownMinutes: 0, maxTradesPerDay: 10_000, losingStreakLimit: 100 };
  await repositories.config.create(id, {
    ...standard,
    mode: 'paper',
    risk,
    ...config,
  });
  await repositories.status.create(id, 'paper');
}

/** Users with a protected position each, by the activities that trading uses; then started like the others. */
async function startHolders(place: Stand, count: number): Promise<string[]> {
  const { client, repositories } = place;
  const trading = createTradingService(client, repositories);
  const ids = Array.from({ length: count }, (_, index) => `holder-${index}`);
  let held = 0;
  await inLanes(ids, 20, async (userId) => {
    await makeUser(repositories, userId, { tradingInterval: 300, stopLossPct: 15, takeProfitPct: 30, timeframe: '1d' });
    const entered = await client.workflow.execute<(input: object) => Promise<number>>('holdWorkflow', {
      workflowId: `hold-${userId}`,
      taskQueue: TRADING_TASK_QUEUE,
      args: [{ userId, symbols: ['BTC/USDT'] }],
    });
    held += entered;
    await trading.ensure(userId);
    await begin(trading, userId);
  });
  if (held !== count) throw new Error(`${held} of ${count} holders hold a position`);
  return ids;
}

/** Every stop beside a bare update of an idle workflow; ms from the call. */
async function stopOneByOne(
  { client, database, repositories }: Stand,
  ids: readonly string[],
): Promise<Record<string, unknown>> {
  const bares = await Promise.all(
    Array.from({ length: BARE }, (_, index) =>
      client.workflow.start('bareUpdateWorkflow', { workflowId: `bare-${index}`, taskQueue: TRADING_TASK_QUEUE }),
    ),
  );
  const trading = createTradingService(client, repositories);
  const bare: number[] = [];
  const halted: number[] = [];
  const finished: number[] = [];
  for (const [index, id] of ids.entries()) {
    const target = bares[index % BARE]!;
    const asked = performance.now();
    await target.executeUpdate('touch');
    bare.push(performance.now() - asked);
    const called = Date.now();
    await trading.emergencyStop(id, { reason: 'bench', liquidate: true });
    const [receipt] = await whenFinished(database, [id], called + 60_000);
    halted.push(Date.parse(receipt!.haltedAt!) - called);
    finished.push(Date.parse(receipt!.finishedAt!) - called);
    await pause(100);
  }
  for (const one of bares) await one.signal('end');
  const [updateMs, haltedMs] = [spread(bare), spread(halted)];
  return {
    stops: ids.length,
    updateMs,
    haltedMs,
    finishedMs: spread(finished),
    p99Ratio: round(haltedMs.p99 / updateMs.p99),
  };
}

async function stopEverybody(place: Stand, ids: string[]): Promise<Record<string, unknown>> {
  const { client, repositories, database } = place;
  const pids = { ...pidsOf(place.servers, place.worker.pid()), bench: process.pid };
  const [called, before] = [Date.now(), cpuOf(pids)];
  const report = await stopFleet(
    { database, repositories, trading: createTradingService(client, repositories) },
    { by: 'bench', reason: 'bench', liquidate: true },
  );
  const answeredMs = Date.now() - called;
  const answered = cpuOf(pids);
  say(`fleet answered after ${answeredMs} ms: ${report.halted} of ${report.reached} halted`);
  const receipts = await whenFinished(database, ids, called + 400_000);
  const spent = cpuOf(pids);
  const perUser = (from: Record<string, number>, to: Record<string, number>): Record<string, number> =>
    Object.fromEntries(Object.keys(pids).map((name) => [name, round((to[name]! - from[name]!) / ids.length)]));
  // When each workflow turned EMERGENCY_STOPPED by its own clock.
  const turned = (await statesOf(database, ids, { since: 1 })).map(({ since }) => Date.parse(since) - called);
  const halted = receipts.map(({ haltedAt }) => Date.parse(haltedAt!) - called);
  const sold = receipts.filter(({ liquidated }) => liquidated.length > 0);
  const verified = sold.map((receipt) => verifiedAt(receipt) - called).sort((a, b) => a - b);
  const open = await database.models.positions.find({ status: 'OPEN' }, { _id: 1 }).lean();
  return {
    users: ids.length,
    reached: report.reached,
    failed: report.failed.length,
    haltedMs: spread(halted),
    haltedLastMs: Math.max(...halted),
    answeredMs,
    haltedInAnswer: report.halted,
    turnedMs: spread(turned),
    sold: sold.reduce((sum, { liquidated }) => sum + liquidated.length, 0),
    soldLastMs: Math.max(...sold.map(({ finishedAt }) => Date.parse(finishedAt!) - called)),
    finishedLastMs: Math.max(...receipts.map(({ finishedAt }) => Date.parse(finishedAt!) - called)),
    // When as many were verified as there were to be holders; users who loop have entered besides.
    verifiedHoldersMs: verified[HOLDERS - 1] ?? null,
    verifiedLastMs: verified.at(-1) ?? null,
    positionsAfter: open.length,
    cpuMsPerUser: { untilAnswer: perUser(before, answered), afterwards: perUser(answered, spent) },
    ordersAfterHalt: await sentAfterHalt(place, ids),
  };
}

const verifiedAt = ({ steps, finishedAt }: EmergencyReceipt): number =>
  Date.parse(steps.find(({ text }) => text.startsWith('Verified'))?.at ?? finishedAt!);

async function whenFinished(database: Database, ids: string[], until: number): Promise<EmergencyReceipt[]> {
  for (;;) {
    const finished = (await statesOf(database, ids, { 'emergency.finishedAt': 1 })).filter(
      ({ emergency }) => emergency?.finishedAt,
    );
    if (finished.length === ids.length)
      return (await statesOf(database, ids, { emergency: 1 })).map(({ emergency }) => emergency!);
    if (Date.now() > until) throw new Error(`only ${finished.length} of ${ids.length} stops finished`);
    await pause(ids.length > 1 ? 2_000 : 100);
  }
}

interface State {
  userId: string;
  since: string;
  emergency: EmergencyReceipt | null;
}

/** One by its id, several among all that are there: SecantusDB compares each document with each id of a list. */
async function statesOf(database: Database, ids: readonly string[], fields: Record<string, 1>): Promise<State[]> {
  const filter = ids.length === 1 ? { _id: ids[0] } : {};
  const found = await database.models.status.find(filter, { userId: 1, ...fields }).lean<State[]>();
  const wanted = new Set(ids);
  return found.filter(({ userId }) => wanted.has(userId));
}

/** Orders that the exchange took after the user's halt and that reduce no holding: has to be 0. */
async function sentAfterHalt({ servers, database }: Stand, ids: readonly string[]): Promise<number> {
  const control = createControl(servers.controlUrl);
  const clock = await control.clock();
  const now = Date.now();
  const states = await statesOf(database, ids, { emergency: 1 });
  let late = 0;
  for (const { userId, emergency } of states) {
    if (!emergency?.haltedAt) continue;
    const haltedAt = clock.marketTime - (now - Date.parse(emergency.haltedAt)) * clock.speed;
    const { orders } = await control.ledger(userId);
    // One real millisecond is SPEED of the market's; both clocks are read a moment apart.
    late += orders.filter(
      (order) => order.side === 'BUY' && Number((order as { time?: number }).time) > haltedAt + 20 * clock.speed,
    ).length;
  }
  return late;
}

async function loadOf({ database }: Stand): Promise<{ cyclesPerSecond: number; entries: number }> {
  const total = async (): Promise<number> =>
    (await database.models.status.find({}, { cycle: 1 }).lean<{ cycle: number }[]>()).reduce(
      (sum, { cycle }) => sum + cycle,
      0,
    );
  const [before, from] = [await total(), Date.now()];
  await pause(10_000);
  const rate = ((await total()) - before) / ((Date.now() - from) / 1_000);
  const entries = await database.models.orders.find({ purpose: 'ENTRY', status: 'FILLED' }, { _id: 1 }).lean();
  return { cyclesPerSecond: round(rate), entries: entries.length };
}

function spread(values: readonly number[]): { p50: number; p90: number; p99: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

const round = (value: number): number => Math.round(value * 100) / 100;
