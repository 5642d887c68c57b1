/** Who asks, and what they know of what is there. */
import type { Product } from '../chaos/product.js';
import type { Trader } from '../chaos/traders.js';

export interface Known {
  /** Of things that are there, by the route that takes them. */
  ids: Record<string, string[]>;
  /** Of fields, by their name; of one route's fields under its path. */
  values: Record<string, unknown>;
  others: Record<string, string>;
}

export interface Party extends Known {
  name: string;
  tokens: string[];
  signIn?: { email: string; password: string };
  /** Asks by an API token that the sign-in makes. */
  asApiToken: boolean;
  /** Puts known values in place of random ones; nothing but what the document allows is sent then. */
  substitute: boolean;
  leaveOut: string[];
}

const PASSWORD = 'correct horse battery';

export async function gatherKnown(product: Product, subject: Trader, other: Trader): Promise<Known> {
  const list = async (token: string, path: string): Promise<string[]> =>
    (await product.ask<{ items: { id: string }[] }>(token, 'GET', path)).items.map(({ id }) => id);
  const research = { strategy: 'sma-cross', symbol: 'BTC/USDT', timeframe: '1h' };
  await product.ask(subject.token, 'POST', '/api/backtests', research);
  await product.ask(subject.token, 'POST', '/api/searches', { ...research, grid: { fast: [5, 10] }, folds: 1 });
  const [held] = (await product.ask<{ items: { id: string }[] }>(subject.token, 'GET', '/api/positions')).items;
  if (held) await product.ask(subject.token, 'POST', `/api/positions/${held.id}/close`, {});
  const [positions, theirs, backtests, searches] = await Promise.all([
    list(subject.token, '/api/positions?status=all'),
    list(other.token, '/api/positions?status=all'),
    list(subject.token, '/api/backtests'),
    list(subject.token, '/api/searches'),
  ]);
  const { nextCursor } = await product.ask<{ nextCursor: string | null }>(subject.token, 'GET', '/api/logs?limit=1');
  // An account that may be changed and locked out.
  const { id: spare } = await product.ask<{ id: string }>(product.admin, 'POST', '/api/users', {
    email: 'spare@example.com',
    password: PASSWORD,
  });
  const clock = await fetch(`${product.runtime().exchangeControlUrl}/clock`);
  const { marketTime } = (await clock.json()) as { marketTime: number };
  const moments = [Date.now(), marketTime].flatMap((now) =>
    [0, 60_000, 3_600_000, 86_400_000].map((ago) => new Date(now - ago).toISOString()),
  );
  return {
    ids: {
      '/api/positions/{id}/close': [...positions, ...theirs],
      '/api/backtests/{id}': backtests,
      '/api/backtests/{id}/cancel': backtests,
      '/api/searches/{id}': searches,
      '/api/searches/{id}/cancel': searches,
      '/api/users/{id}': [spare],
    },
    values: {
      from: moments,
      to: moments,
      symbol: ['BTC/USDT', 'ETH/USDT', 'ETH/BTC', 'XXX/USDT'],
      symbols: ['BTC/USDT', 'BTC/USDT,ETH/USDT'],
      timeframe: ['1m', '5m', '1h'],
      strategy: ['sma-cross', 'ensemble', 'momentum', 'nonsense'],
      timeZone: ['UTC', 'Asia/Seoul', 'America/New_York'],
      cursor: [nextCursor ?? ''],
      positionId: positions.length > 0 ? positions : ['x'],
      '/api/config': { symbols: [['BTC/USDT'], ['BTC/USDT', 'ETH/USDT']] },
    },
    others: { id: other.userId, address: other.email },
  };
}

/** As they were, whatever an administrator's random requests have made of them: they may find anybody's id. */
export async function restore(product: Product, { userId }: Trader): Promise<void> {
  await product.ask(product.admin, 'PATCH', `/api/users/${userId}`, {
    password: PASSWORD,
    disabled: false,
    role: 'user',
  });
}

/** The same account signed in and by an API token; nobody; an administrator, who may know of others. */
export async function partiesOf(product: Product, subject: Trader, known: Known): Promise<Party[]> {
  await restore(product, subject);
  const signIn = { email: subject.email, password: PASSWORD };
  const nobody = { ...known, name: 'nobody', tokens: [], asApiToken: false, substitute: false, leaveOut: [] };
  // Signed in by the run itself, and again where it has ended its own sign-in.
  const user = { ...nobody, name: 'user', signIn };
  const byToken = { ...user, name: 'API token', asApiToken: true };
  const administrator = {
    ...nobody,
    name: 'administrator',
    tokens: [product.admin],
    others: {},
    // What would end the one token there is.
    leaveOut: ['/api/auth/logout', '/api/sessions', '/api/sessions/{id}'],
  };
  return [
    nobody,
    user,
    administrator,
    byToken,
    ...[user, administrator, byToken].map((party) => ({ ...party, substitute: true })),
  ];
}

/** From an address of its own: failed sign-ins that were sent on purpose must not stand in its way. */
export async function signInFromElsewhere(apiUrl: string, { signIn }: Party): Promise<string> {
  const answer = await fetch(`${apiUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '10.9.8.7' },
    body: JSON.stringify(signIn),
  });
  if (!answer.ok) throw new Error(`signing in again: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}
