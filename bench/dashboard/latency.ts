import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { control, DEMO, openPage, type Started, signIn } from './product.js';

export interface Latency {
  samples: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

const number = (name: string, usual: number): number => Number(process.env[name] ?? usual);
/** Fewer for a first look on a busy machine: BENCH_PAGES, BENCH_READERS, BENCH_MOVES, BENCH_FILLS. */
const PAGES = number('BENCH_PAGES', 10);
const CLIENTS = number('BENCH_READERS', 40);
const MOVES = number('BENCH_MOVES', 40);
const FILLS = number('BENCH_FILLS', 6);
const MISSED_MS = 10_000;
/** The demo account holds something most of the time, but not always. */
const HOLDING_MS = 90_000;

/** Ten real pages and forty more readers of the stream, as forty further browsers would hold. */
export async function updateToPage(browser: Browser, started: Started) {
  const pages: Page[] = [];
  for (let i = 0; i < PAGES; i++) {
    const page = await openPage(browser);
    await signIn(page, started.runtime.dashboardUrl, started.password);
    await chartOf(page, `page ${i + 1} of ${PAGES}`);
    await page.evaluate(watchPage);
    pages.push(page);
  }
  const token = await tokenOf(started);
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => readStream(started, token)));
  const watchers = { pages, clients };
  try {
    const fills = await fillsToPage(started, token, watchers);
    const moves = await movesToPage(started, watchers);
    return { pages: PAGES, clients: CLIENTS, priceToPage: moves, fillToPage: fills };
  } finally {
    for (const client of clients) client.end();
    for (const page of pages) await page.context().close();
  }
}

/** Until the chart is drawn. @throws Error with what the panel shows instead */
async function chartOf(page: Page, name: string): Promise<void> {
  try {
    await page.getByRole('img', { name: /^Candles of/ }).waitFor({ timeout: 60_000 });
  } catch {
    const shown = await page.getByRole('region', { name: 'Price', exact: true }).innerText();
    throw new Error(`${name} drew no chart in a minute; it shows: ${shown.replaceAll('\n', ' ')}`);
  }
}

interface Watchers {
  pages: Page[];
  clients: Client[];
}

/** A price that the exchange moves: until the page shows it, and until a stream's reader has it. */
async function movesToPage(started: Started, { pages, clients }: Watchers) {
  const onPages: number[] = [];
  const onClients: number[] = [];
  for (let move = 0; move < MOVES; move++) {
    await pause(900 + Math.random() * 400);
    const sent = Date.now();
    const changePct = move % 2 === 0 ? 0.8 : -0.8;
    const { price, marketTime } = await control<{ price: string; marketTime: number }>(started, '/prices', {
      symbol: 'BTC/USDT',
      changePct,
      kind: 'gap',
    });
    await pause(1_500);
    // The market goes on, a minute a second: what it showed from the move's moment on is the moved price.
    const moved = clients.flatMap(({ prices }) => prices.filter((told) => told.marketTime >= marketTime));
    const values = [...new Set(moved.map(({ value }) => value))];
    for (const page of pages) onPages.push(since(sent, await page.evaluate(firstShown, { sent, values })));
    for (const client of clients)
      onClients.push(since(sent, client.prices.find((told) => told.marketTime >= marketTime)?.at));
    if (moved.length === 0) console.log(`no reader saw ${price} within 1.5 s`);
    for (const client of clients) client.prices.length = 0;
  }
  return { onPages: summary(onPages), onStreams: summary(onClients) };
}

/** A stop that the exchange executes: until the closed trade is on the page, and at a stream's reader. */
async function fillsToPage(started: Started, token: string, { pages, clients }: Watchers) {
  const onPages: number[] = [];
  const onClients: number[] = [];
  for (let fill = 0; fill < FILLS; fill++) {
    // At a moment of its own, as the market's are: a holding is first seen while the cycle that opened it enters the next.
    await openSymbol(started, token);
    await pause(1_500 + Math.random() * 2_000);
    const symbol = await openSymbol(started, token);
    if (!symbol) break;
    const before = await Promise.all(pages.map((page) => page.evaluate(tradesShown)));
    for (const client of clients) client.trades.length = 0;
    const sent = Date.now();
    await control(started, '/prices', { symbol, changePct: -1.6, kind: 'gap' });
    await pause(4_000);
    for (const [index, page] of pages.entries())
      onPages.push(since(sent, await page.evaluate(firstTradeAfter, { sent, known: before[index] ?? '' })));
    for (const client of clients)
      onClients.push(
        since(
          sent,
          client.trades.find((at) => at >= sent),
        ),
      );
    const last = (all: number[], count: number) => Math.max(...all.slice(all.length - count));
    const [page, stream] = [last(onPages, pages.length), last(onClients, clients.length)];
    console.log(`${symbol} filled: the last stream had it after ${stream} ms, the last page after ${page} ms`);
  }
  return { onPages: summary(onPages), onStreams: summary(onClients) };
}

async function openSymbol(started: Started, token: string): Promise<string | null> {
  const headers = { authorization: `Bearer ${token}` };
  for (const until = Date.now() + HOLDING_MS; Date.now() < until; await pause(300)) {
    const answer = await fetch(`${started.runtime.apiUrl}/api/positions`, { headers });
    const { items } = (await answer.json()) as { items: { symbol: string; protection: unknown }[] };
    const held = items.find(({ protection }) => protection !== null);
    if (held) return held.symbol;
  }
  return null;
}

const since = (sent: number, at: number | undefined | null): number => (at ? at - sent : MISSED_MS);
function summary(samples: number[]): Latency {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { samples: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted.at(-1) ?? 0 };
}

async function tokenOf({ runtime, password }: Started): Promise<string> {
  const answer = await fetch(`${runtime.apiUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: DEMO, password }),
  });
  return ((await answer.json()) as { token: string }).token;
}

interface Client {
  prices: { at: number; value: number; marketTime: number }[];
  trades: number[];
  end(): void;
}

async function readStream({ runtime }: Started, token: string): Promise<Client> {
  const ended = new AbortController();
  const client: Client = { prices: [], trades: [], end: () => ended.abort() };
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const response = await fetch(`${runtime.apiUrl}/api/stream`, { headers, signal: ended.signal });
  if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`);
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const bytes of body) {
      const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) take(client, block);
    }
  };
  read(response.body as ReadableStream<Uint8Array>).catch(() => undefined);
  return client;
}

function take(client: Client, block: string): void {
  const event = /^event: ?(.+)$/m.exec(block)?.[1];
  const data = /^data: ?(.+)$/m.exec(block)?.[1];
  if (event === 'trade') client.trades.push(Date.now());
  if (event !== 'market' || !data) return;
  const { items } = JSON.parse(data) as { items: { symbol: string; price: number; marketTime: string }[] };
  const told = items.find(({ symbol }) => symbol === 'BTC/USDT');
  if (told) client.prices.push({ at: Date.now(), value: told.price, marketTime: Date.parse(told.marketTime) });
}

interface Seen {
  prices: { at: number; value: number }[];
  trades: { at: number; text: string }[];
}

/** Runs in the page: notes when the shown price of the chart's symbol and the list of trades change. */
function watchPage(): void {
  const seen: Seen = { prices: [], trades: [] };
  (window as unknown as { seen: Seen }).seen = seen;
  const look = (): void => {
    const shown = document.querySelector('.panel header strong.nowrap')?.textContent ?? '';
    const value = Number(shown.replaceAll(',', ''));
    if (value !== seen.prices.at(-1)?.value) seen.prices.push({ at: Date.now(), value });
    const text = document.querySelector('table[aria-label="Recent trades"] tbody')?.textContent ?? '';
    if (text !== seen.trades.at(-1)?.text) seen.trades.push({ at: Date.now(), text });
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}

const tradesShown = (): string => (window as unknown as { seen: Seen }).seen.trades.at(-1)?.text ?? '';
const firstTradeAfter = ({ sent, known }: { sent: number; known: string }): number | undefined =>
  (window as unknown as { seen: Seen }).seen.trades.find(({ at, text }) => at >= sent && text !== known)?.at;
/** A page shows two decimals. */
const firstShown = ({ sent, values }: { sent: number; values: number[] }): number | undefined =>
  (window as unknown as { seen: Seen }).seen.prices.find(
    ({ at, value }) => at >= sent && values.some((each) => Math.abs(each - value) < 0.0051),
  )?.at;
