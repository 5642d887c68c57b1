import { formatAmount, numberOf, parseAmount } from '../amounts.js';
import type { Exchange } from '../exchange.js';
import { BadControlInput, boolean, isObject, number } from '../faults/kinds.js';
import { byId } from '../ledger/archive.js';
import { listsOf, ordersOf, tradesOf } from '../ledger/history.js';
import type { Account, Permissions } from '../ledger/types.js';
import { balancesView, listView, orderView, tradeView } from '../ledger/views.js';
import { shiftOf } from './prices.js';
import type { ControlRequest } from './server.js';

/** Everything the control port answers, by "METHOD /path". */
export const controlRoutes: Record<string, (request: ControlRequest) => unknown> = {
  'GET /ledger': ({ exchange, query }) => {
    const id = query.get('account');
    exchange.advance();
    if (!id) throw new BadControlInput('name the account: /ledger?account=ID; GET /accounts lists them');
    return ledgerView(exchange, exchange.ledger.accounts.get(id));
  },
  'GET /clock': ({ exchange }) => clockView(exchange),
  'POST /clock': ({ exchange, body }) => setClock(exchange, object(body)),
  'GET /faults': ({ exchange }) => ({ faults: exchange.faults.list() }),
  'POST /faults': ({ exchange, body }) => ({ added: exchange.faults.add(body), faults: exchange.faults.list() }),
  'DELETE /faults': ({ exchange, query }) => {
    const id = query.get('id');
    return {
      removed: exchange.faults.clear(id === null ? undefined : number(id, 'id', 1, 1e9)),
      faults: exchange.faults.list(),
    };
  },
  'GET /accounts': ({ exchange }) => ({
    accounts: [...exchange.ledger.accounts.values()].map((account) => ({
      account: account.id,
      openOrders: account.open.size,
      balances: balancesView(account),
    })),
  }),
  'POST /accounts': ({ exchange, body }) => makeAccount(exchange, object(body)),
  'POST /prices': ({ exchange, body }) => {
    const { shift, kind } = shiftOf(exchange, object(body));
    exchange.shiftPrice(shift);
    const { symbol } = shift;
    return { symbol, kind, price: formatAmount(exchange.engine.last(symbol)), marketTime: exchange.time() };
  },
  'POST /balances': ({ exchange, body }) => moveMoney(exchange, object(body)),
  'POST /permissions': ({ exchange, body }) => setPermissions(exchange, object(body)),
  'GET /health': ({ exchange }) => ({ ok: true, marketTime: exchange.time() }),
};

function object(body: unknown): Record<string, unknown> {
  if (!isObject(body)) throw new BadControlInput('the body has to be a JSON object', 400);
  return body;
}

function only(body: Record<string, unknown>, fields: readonly string[]): void {
  const unknown = Object.keys(body).filter((key) => !fields.includes(key));
  if (unknown.length > 0)
    throw new BadControlInput(`unknown field ${unknown.join(', ')}; known are ${fields.join(', ')}`);
}

/** An account as the exchange has it, whole; three empty lists for one that does not exist. */
function ledgerView(exchange: Exchange, account: Account | undefined) {
  if (!account) return { orders: [], trades: [], balances: [], orderLists: [], transfers: [] };
  const symbols = [...account.orders.keys()];
  const orders = symbols.flatMap((symbol) => ordersOf(account, symbol)).sort(byId);
  const trades = symbols.flatMap((symbol) => tradesOf(account, symbol)).sort(byId);
  return {
    orders: orders.map(orderView),
    trades: trades.map(tradeView),
    balances: balancesView(account),
    orderLists: listsOf(account).map((list) => listView(exchange.ledger, list)),
    transfers: account.transfers.map((one) => ({
      id: one.id,
      asset: one.asset,
      amount: formatAmount(one.amount),
      time: one.time,
    })),
  };
}

const clockView = (exchange: Exchange) => ({
  marketTime: exchange.advance(),
  speed: exchange.clock.speed(),
  paused: exchange.clock.paused(),
  ...exchange.source.health?.(),
});

/** A step walks the clock over `n` base candles, `until` to a market time; both answer when everything on the way has happened. */
function setClock(exchange: Exchange, body: Record<string, unknown>) {
  only(body, ['step', 'until', 'speed', 'paused']);
  if (Object.keys(body).length === 0)
    throw new BadControlInput('send { "step": n }, { "until": ms }, { "speed": x } or { "paused": true }');
  const speed = body.speed === undefined ? undefined : number(body.speed, 'speed', 0.001, 1_000_000);
  const paused = body.paused === undefined ? undefined : boolean(body.paused, 'paused');
  const step = body.step === undefined ? undefined : number(body.step, 'step', 0, 10_000_000);
  const until = body.until === undefined ? undefined : number(body.until, 'until', 0, 8_640_000_000_000_000);
  const moves = step !== undefined || until !== undefined;
  if (exchange.source.kind === 'feed' && (moves || speed !== undefined || paused !== undefined))
    throw new BadControlInput('a live feed runs in real time: its clock cannot be stepped, paused or sped up', 409);
  if (step !== undefined && !Number.isInteger(step))
    throw new BadControlInput(`step has to be a whole number of candles, not ${step}`);
  const start = exchange.advance();
  if (until !== undefined && until < start)
    throw new BadControlInput(`until ${until} lies before market time ${start}; it never goes back`);
  if (paused !== undefined) exchange.clock.setPaused(paused);
  if (speed !== undefined) exchange.clock.setSpeed(speed);
  if (step !== undefined) exchange.runTo(start + step * exchange.source.baseInterval);
  if (until !== undefined) exchange.runTo(until);
  exchange.saveMarket();
  return clockView(exchange);
}

const ASSET = /^[A-Z0-9]{1,20}$/;

function amounts(value: unknown): [string, bigint][] {
  if (value === undefined) return [];
  if (!isObject(value)) throw new BadControlInput('balances has to be an object such as { "USDT": "10000" }');
  return Object.entries(value).map(([asset, text]) => {
    if (!ASSET.test(asset)) throw new BadControlInput(`"${asset}" is no name of an asset (capital letters and digits)`);
    const amount = typeof text === 'string' || typeof text === 'number' ? parseAmount(String(text)) : null;
    if (amount === null)
      throw new BadControlInput(
        `balances.${asset} has to be a decimal of at most 8 places, not ${JSON.stringify(text)}`,
      );
    return [asset, amount];
  });
}

/** With a name it is idempotent: an account that exists answers its own key and is not topped up. */
function makeAccount(exchange: Exchange, body: Record<string, unknown>) {
  only(body, ['account', 'balances']);
  const money = amounts(body.balances);
  const id = body.account === undefined ? `account-${exchange.ledger.accounts.size + 1}` : body.account;
  if (typeof id !== 'string' || !/^[A-Za-z0-9._:@-]{1,128}$/.test(id))
    throw new BadControlInput('account has to be 1 to 128 letters, digits or . _ : @ -');
  const known = exchange.ledger.accounts.get(id);
  if (known) return { account: id, apiKey: known.apiKey, secret: known.secret, created: false };
  const time = exchange.advance();
  const account = exchange.ledger.createAccount(id, exchange.realNow(), time);
  for (const [asset, amount] of money) exchange.ledger.transfer(account, asset, amount, exchange.realNow(), time);
  exchange.ledger.commit(time);
  return { account: id, apiKey: account.apiKey, secret: account.secret, created: true };
}

function accountOf(exchange: Exchange, body: Record<string, unknown>): Account {
  const account = exchange.ledger.accounts.get(String(body.account));
  if (!account) throw new BadControlInput(`account ${JSON.stringify(body.account)} does not exist`, 404);
  return account;
}

/** A deposit or, with a negative delta, a withdrawal from outside; only what is free can go. */
function moveMoney(exchange: Exchange, body: Record<string, unknown>) {
  only(body, ['account', 'asset', 'delta']);
  const account = accountOf(exchange, body);
  const asset = String(body.asset);
  if (!ASSET.test(asset))
    throw new BadControlInput(
      `asset ${JSON.stringify(body.asset)} has to be capital letters and digits, such as "USDT"`,
    );
  const text = String(body.delta);
  const amount = parseAmount(text.replace(/^[-+]/, ''));
  if (amount === null || amount === 0n)
    throw new BadControlInput(
      `delta has to be a decimal other than 0, such as "250" or "-0.5", not ${JSON.stringify(body.delta)}`,
    );
  const delta = text.startsWith('-') ? -amount : amount;
  const time = exchange.advance();
  const free = exchange.ledger.balanceOf(account, asset).free;
  if (free + delta < 0n)
    throw new BadControlInput(`only ${numberOf(free)} ${asset} are free; ${text} cannot be taken`, 409);
  exchange.ledger.transfer(account, asset, delta, exchange.realNow(), time);
  exchange.ledger.commit(time);
  return { account: account.id, balances: balancesView(account) };
}

const RIGHTS = [
  'reading',
  'trading',
  'withdrawals',
  'internalTransfer',
  'universalTransfer',
  'margin',
  'futures',
  'options',
  'ipRestrict',
  'feesInBnb',
] as const satisfies readonly (keyof Permissions)[];

function setPermissions(exchange: Exchange, body: Record<string, unknown>) {
  only(body, ['account', ...RIGHTS]);
  const account = accountOf(exchange, body);
  const changes = Object.fromEntries(
    RIGHTS.filter((right) => body[right] !== undefined).map((right) => [right, boolean(body[right], right)]),
  );
  Object.assign(account.permissions, changes);
  exchange.ledger.touchAccount(account);
  exchange.ledger.commit(exchange.advance());
  return { account: account.id, permissions: account.permissions };
}
