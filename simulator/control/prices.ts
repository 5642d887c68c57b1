import { numberOf } from '../amounts.js';
import type { Exchange } from '../exchange.js';
import { BadControlInput, number } from '../faults/kinds.js';
import type { PriceShift } from '../market/source.js';

const KINDS = ['gap', 'crash', 'spike'] as const;
type Kind = (typeof KINDS)[number];
const FIELDS = ['symbol', 'kind', 'price', 'changePct', 'durationMs'];

/**
 * Reads POST /prices. `gap` jumps: no trade happens in between, stops fill beyond their level. `crash` falls through every
 * price (its changePct counts as a fall whatever its sign). `spike` goes there through every price and returns after
 * durationMs of market time (one base candle unless given). gap and crash last; with durationMs they return as well.
 */
export function shiftOf(exchange: Exchange, body: Record<string, unknown>): { shift: PriceShift; kind: Kind } {
  const unknown = Object.keys(body).filter((key) => !FIELDS.includes(key));
  if (unknown.length > 0)
    throw new BadControlInput(`unknown field ${unknown.join(', ')}; known are ${FIELDS.join(', ')}`);
  if (exchange.source.kind === 'feed') throw new BadControlInput('prices of a live feed cannot be moved', 409);
  const symbol = String(body.symbol ?? '')
    .replace('/', '')
    .toUpperCase();
  if (!exchange.source.rules(symbol)) {
    const known = exchange.source
      .symbols()
      .map((rules) => rules.symbol)
      .join(', ');
    throw new BadControlInput(`symbol ${JSON.stringify(body.symbol)} is not traded here; known are ${known}`);
  }
  const kind = (body.kind ?? 'gap') as Kind;
  if (!KINDS.includes(kind))
    throw new BadControlInput(`kind has to be one of ${KINDS.join(', ')}, not ${JSON.stringify(body.kind)}`);
  if ((body.price === undefined) === (body.changePct === undefined))
    throw new BadControlInput('send either price (the new price) or changePct (percent, -5 is a fall by 5 %)');
  const at = exchange.advance();
  const last = numberOf(exchange.engine.last(symbol));
  const target =
    body.price !== undefined
      ? number(body.price, 'price', 1e-8, 1_000_000)
      : last * (1 + percent(kind, body.changePct) / 100);
  const duration = body.durationMs === undefined ? undefined : number(body.durationMs, 'durationMs', 1, 1e12);
  const length = duration ?? (kind === 'spike' ? exchange.source.baseInterval : undefined);
  return {
    kind,
    shift: {
      symbol,
      at,
      factor: target / last,
      until: length === undefined ? undefined : at + length,
      continuous: kind !== 'gap',
    },
  };
}

function percent(kind: Kind, value: unknown): number {
  const given = number(value, 'changePct', -99.9, 100_000);
  const change = kind === 'crash' ? -Math.abs(given) : given;
  if (change <= -100) throw new BadControlInput(`changePct has to stay above -100 for a ${kind}, not ${given}`);
  return change;
}
