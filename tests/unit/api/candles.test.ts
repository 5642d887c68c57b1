import { type CandleReader, createCandleReader } from '../../../api/services/candles.js';
import type { CandleColumns, CandleRow } from '../../../trading/types.js';

const STEP = 300_000;

/** An exchange whose market has reached candle number `newest`, and what it was asked for. */
function lab() {
  const clock = { now: 1_000_000 };
  const market = { newest: 2_000, fails: false, asked: [] as number[] };
  const candles = async (_symbol: string, _timeframe: string, { limit }: { limit: number }): Promise<CandleColumns> => {
    market.asked.push(limit);
    if (market.fails) throw Object.assign(new Error('away'), { name: 'ExchangeUnavailable' });
    const times = Array.from({ length: limit }, (_, i) => (market.newest - limit + 1 + i) * STEP);
    const column = (of: (time: number) => number) => Float64Array.from(times, of);
    const price = column((time) => time / STEP);
    return {
      length: limit,
      timestamp: column((time) => time),
      ...{ open: price, high: price, low: price, close: price, volume: price },
    };
  };
  const reader = createCandleReader({ exchange: { market: { candles } as never } }, () => clock.now);
  return { clock, market, reader };
}

const ask = (reader: CandleReader, limit: number) => reader.read({ symbol: 'BTC/USDT', timeframe: '5m', limit });
const numbers = (items: readonly CandleRow[]) => items.map(([time]) => time / STEP);

test('pages that want more or fewer of the newest candles share one read', async () => {
  const { reader, market } = lab();
  const answers = await Promise.all([400, 60, 500, 400].map((limit) => ask(reader, limit)));
  expect(market.asked).toEqual([500]);
  expect(answers.map(({ items }) => items.length)).toEqual([400, 60, 500, 400]);
  expect(answers.map(({ items }) => numbers(items).at(-1))).toEqual(Array(4).fill(2_000));
});

test('where the chart is known only its newest candles are asked for, and all of it once a minute', async () => {
  const { reader, market, clock } = lab();
  await ask(reader, 400);
  clock.now += 1_600;
  market.newest += 3;
  const { items } = await ask(reader, 400);
  expect(numbers(items)).toEqual(Array.from({ length: 400 }, (_, i) => 2_003 - 399 + i));
  clock.now += 60_000;
  await ask(reader, 400);
  expect(market.asked).toEqual([500, 60, 500]);
});

test('a market that went back or ran ahead is read as a whole', async () => {
  const { reader, market, clock } = lab();
  await ask(reader, 400);
  for (const newest of [1_990, 2_200]) {
    market.newest = newest;
    clock.now += 1_600;
    const { items } = await ask(reader, 400);
    expect(numbers(items)).toEqual(Array.from({ length: 400 }, (_, i) => newest - 399 + i));
  }
});

test('while the exchange is away the chart stays, and after a while it is said from when it is', async () => {
  const { reader, market, clock } = lab();
  const first = await ask(reader, 400);
  expect(first).toMatchObject({ asOf: new Date(1_000_000).toISOString(), current: true });
  market.fails = true;
  clock.now += 5_000;
  expect(await ask(reader, 400)).toEqual(first);
  clock.now += 7_000;
  expect(await ask(reader, 400)).toEqual({ ...first, current: false });
  expect(reader.knows('BTC/USDT')).toBe(true);
  market.fails = false;
  clock.now += 5_000;
  expect(await ask(reader, 400)).toMatchObject({ asOf: new Date(1_017_000).toISOString(), current: true });
  market.fails = true;
  clock.now += 600_001;
  await expect(ask(reader, 400)).rejects.toThrow('away');
});

test('a span of the past is asked for as it is, and is not mixed with the newest', async () => {
  const { reader, market } = lab();
  const span = { symbol: 'BTC/USDT', timeframe: '5m' as const, from: new Date(0), limit: 300 };
  const [first, second] = await Promise.all([reader.read(span), reader.read(span)]);
  expect(first.items).toBe(second.items);
  expect(market.asked).toEqual([300]);
});

test('many charts take turns: fifty of them ask the exchange for no more than 150 reads a minute', async () => {
  const { reader, market, clock } = lab();
  for (const end = clock.now + 120_000; clock.now < end; clock.now += 1_000) {
    if (clock.now === end - 60_000) market.asked.length = 0;
    const pages = Array.from({ length: 50 }, (_, i) =>
      reader.read({ symbol: `S${i}/USDT`, timeframe: '5m', limit: 60 }),
    );
    expect((await Promise.all(pages)).every(({ current }) => current)).toBe(true);
  }
  expect(market.asked.length).toBeGreaterThan(100);
  expect(market.asked.length).toBeLessThanOrEqual(150);
});

test('many questions about times of their own make no chart older', async () => {
  const { reader, market, clock } = lab();
  await ask(reader, 400);
  for (let day = 0; day < 100; day++) {
    const from = new Date(day * 86_400_000);
    await reader.read({ symbol: 'BTC/USDT', timeframe: '5m', from, limit: 10 });
  }
  clock.now += 1_600;
  market.newest += 1;
  const { items } = await ask(reader, 400);
  expect(numbers(items).at(-1)).toBe(2_001);
});
