import { Decimal, decimalOrNull } from '../orders/decimal.js';
import type { RiskCode } from '../risk/codes.js';
import type { SizingInput } from './index.js';
import { MODES } from './modes.js';

/** A limit as the base quantity that it leaves, and the refusal that it means where that is too little. */
export interface Cap {
  code: RiskCode;
  quantity: Decimal;
}

/** Every limit on an entry's quantity, unrounded. A limit that cannot be read leaves nothing. */
export function capsOf(input: SizingInput, equity: Decimal, price: Decimal, lossPerUnit: Decimal): Cap[] {
  const { config, rules, feeRate } = input;
  const { risk } = config;
  const { riskFactor } = MODES[config.tradingMode];
  const exposure = amount(input.exposureNow);
  const share = (percent: number): Decimal | null => amount(percent)?.div(100).times(equity) ?? null;
  const left = (total: Decimal | null): Decimal | null => (total && exposure ? total.minus(exposure) : null);
  const worth = (code: RiskCode, quote: Decimal | null): Cap => ({ code, quantity: quote?.div(price) ?? NOTHING });

  const budget = share(risk.riskPerTradePct)?.times(riskFactor).times(volatilityScale(input));
  const caps: Cap[] = [
    { code: 'RISK_BUDGET', quantity: budget?.div(lossPerUnit) ?? NOTHING },
    worth('MIN_NOTIONAL', share(config.positionSizePct)?.times(riskFactor) ?? null),
    worth('MAX_EXPOSURE', left(share(risk.maxExposurePct))),
    worth('INSUFFICIENT_BALANCE', amount(input.freeQuote)?.div(1 + feeRate) ?? null),
    { code: 'LOT_SIZE', quantity: new Decimal(rules.maxQuantity) },
  ];
  if (+rules.marketMaxQuantity > 0) caps.push({ code: 'LOT_SIZE', quantity: new Decimal(rules.marketMaxQuantity) });
  if (rules.maxNotional) caps.push(worth('MAX_NOTIONAL', amount(rules.maxNotional)));
  if (risk.maxOrderNotional > 0) caps.push(worth('ORDER_NOTIONAL', amount(risk.maxOrderNotional)));
  if (config.mode === 'live' && risk.liveCapitalCap > 0)
    caps.push(worth('LIVE_CAPITAL_CAP', left(amount(risk.liveCapitalCap))));
  return caps;
}

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

function amount(value: number | string): Decimal | null {
  const result = decimalOrNull(value);
  return result && result.gte(0) ? result : null;
}
