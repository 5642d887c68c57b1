import { loadDefaultConfig } from '../../adapters/config/defaults.js';
import type { SymbolRules, TradingConfig } from '../../trading/types.js';

/** New users' settings but in the mode that `npm run backtest` takes, for the bench of the ensemble by live's rules. */
export const ensembleConfig: TradingConfig = {
  ...loadDefaultConfig(),
  tradingMode: 'MODERATE',
  mode: 'paper',
  symbols: ['BTC/USDT'],
  timeframe: '1m',
};

export const ensembleRules: SymbolRules = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  stepSize: '0.00001',
  minQuantity: '0.00001',
  maxQuantity: '9000',
  marketMinQuantity: '0',
  marketMaxQuantity: '100',
  marketStepSize: '0',
  minNotional: '5',
  ocoAllowed: true,
  makerFee: 0.001,
  takerFee: 0.001,
};
