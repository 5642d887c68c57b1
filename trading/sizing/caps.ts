import { Decimal, decimal, decimalOrNull } from '../orders/decimal.js';
import type { RiskCode } from '../risk/codes.js';
import type { SizingInput } from './index.js';
import { MODES } from './modes.js';

/** A limit as the base quantity that it leaves, and the refusal that it means where that is too little. */
export interface Cap {
  code: RiskCode;
  /** About how much, as a float: 0 where it leaves nothing or cannot be read. */
  about: number;
  /** Exactly, unrounded. */
  quantity: () => Decimal;
}

/** Share of the account's means by which estimates may be off; a float is a million times better. */
const DOUBT = 1e-9;

/**
 * The limit that leaves least, of equal ones the first. Exact divisions are dear and most limits are far from binding:
 * only those whose estimates lie together with the smallest are computed exactly.
 */
export function bindingCap(input: SizingInput, equity: Decimal, price: Decimal): { code: RiskCode; quantity: Decimal } {
  const caps = capsOf(input, equity, price);
  const means = meansOf(input);
  const least = caps.reduce((smallest, { about }) => Math.min(smallest, about), Number.POSITIVE_INFINITY);
  const bound = least + DOUBT * (Number.isFinite(means) ? Math.max(means, least) : Number.POSITIVE_INFINITY);
  return caps
    .filter(({ about }) => about <= bound)
    .map(({ code, quantity }) => ({ code, quantity: quantity() }))
    .reduce((a, b) => (b.quantity.lt(a.quantity) ? b : a));
}

/** About the most base units that all the account's money could be; NaN where an amount cannot be read. */
export const meansOf = ({ equity, exposureNow, freeQuote, price }: SizingInput): number =>
  (Number(equity) + Math.abs(Number(exposureNow)) + Math.abs(Number(freeQuote))) / Number(price);

/** Every limit on an entry's quantity. A limit that cannot be read leaves nothing. */
export function capsOf(input: SizingInput, equity: Decimal, price: Decimal): Cap[] {
  const { config, rules, feeRate } = input;
  const { risk } = config;
  const { riskFactor } = MODES[config.tradingMode];
  const near = { equity: Number(input.equity), price: Number(input.price), exposure: Number(input.exposureNow) };
  const share = (percent: number, factor = 1): Quote => ({
    about: (percent / 100) * near.equity * factor,
    exact: () => amount(percent)?.times(HUNDREDTH).times(equity).times(decimal(factor)) ?? null,
  });
  const given = (value: number | string): Quote => ({ about: Number(value), exact: () => amount(value) });
  const left = (total: Quote): Quote => ({
    about: near.exposure >= 0 ? total.about - near.exposure : 0,
    exact() {
      const exposure = amount(input.exposureNow);
      return (exposure && total.exact()?.minus(exposure)) ?? null;
    },
  });
  const worth = (code: RiskCode, quote: Quote): Cap =>
    cap(code, quote.about / near.price, () => quote.exact()?.div(price) ?? NOTHING);
  const lot = (quantity: string): Cap => cap('LOT_SIZE', Number(quantity), () => decimal(quantity));

  const caps: Cap[] = [
    riskBudget(input, share(risk.riskPerTradePct, riskFactor), price),
    worth('MIN_NOTIONAL', share(config.positionSizePct, riskFactor)),
    worth('MAX_EXPOSURE', left(share(risk.maxExposurePct))),
    worth('INSUFFICIENT_BALANCE', {
      about: Number(input.freeQuote) / (1 + feeRate),
      exact: () => amount(input.freeQuote)?.div(1 + feeRate) ?? null,
    }),
    lot(rules.maxQuantity),
  ];
  if (+rules.marketMaxQuantity > 0) caps.push(lot(rules.marketMaxQuantity));
  if (rules.maxNotional) caps.push(worth('MAX_NOTIONAL', given(rules.maxNotional)));
  if (risk.maxOrderNotional > 0) caps.push(worth('ORDER_NOTIONAL', given(risk.maxOrderNotional)));
  if (config.mode === 'live' && risk.liveCapitalCap > 0)
    caps.push(worth('LIVE_CAPITAL_CAP', left(given(risk.liveCapitalCap))));
  return caps;
}

/** An amount of quote as a float, and exactly; null where it cannot be read. */
interface Quote {
  about: number;
  exact: () => Decimal | null;
}

const cap = (code: RiskCode, about: number, quantity: () => Decimal): Cap => ({
  code,
  about: about > 0 && about < Number.POSITIVE_INFINITY ? about : 0,
  quantity,
});

function riskBudget(input: SizingInput, budget: Quote, price: Decimal): Cap {
  const near = { price: Number(input.price), stop: Number(input.stopPrice) };
  const loss = near.price - near.stop + (near.price + near.stop) * input.feeRate;
  const room = input.atrPct * MODES[input.config.tradingMode].stopRoomInAtr;
  const distance = ((near.price - near.stop) / near.price) * 100;
  const scale = !(room >= 0) ? 0 : room > distance ? distance / room : 1;
  return cap('RISK_BUDGET', (budget.about * scale) / loss, () => {
    const stop = decimal(input.stopPrice);
    return (
      budget
        .exact()
        ?.times(volatilityScale(input))
        .div(lossPerUnit(price, stop, input.feeRate)) ?? NOTHING
    );
  });
}

/** What a unit loses at the stop, both fees included. */
export const lossPerUnit = (price: Decimal, stop: Decimal, feeRate: number): Decimal =>
  price.minus(stop).plus(price.plus(stop).times(decimal(feeRate)));

/**
 * 1 where the stop has as many ATRs of room as the mode asks for, less in proportion where it has not: a stop inside
 * the market's noise is hit more often and slips further.
 */
export function volatilityScale({ price, stopPrice, atrPct, config }: SizingInput): Decimal {
  const atr = decimalOrNull(atrPct);
  if (!atr || atr.lt(0)) return NOTHING;
  const distancePct = new Decimal(price).minus(stopPrice).div(price).times(100);
  const room = atr.times(MODES[config.tradingMode].stopRoomInAtr);
  return room.gt(distancePct) ? distancePct.div(room) : new Decimal(1);
}

const NOTHING = new Decimal(0);
const HUNDREDTH = new Decimal('0.01');

function amount(value: number | string): Decimal | null {
  const result = decimalOrNull(value);
  return result && result.gte(0) ? result : null;
}
