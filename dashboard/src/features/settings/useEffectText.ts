import { useTranslation } from 'react-i18next';
import { useStatus } from '../../api/queries.js';
import { toNumber } from '../../format/format.js';
import { useFormat } from '../../format/useFormat.js';
import type { FieldPath } from './fields.js';

/** What a value means for this account in money and time, while it is being typed; null where there is nothing to add. */
export function useEffectText(): (path: FieldPath, value: unknown) => string | null {
  const { t } = useTranslation();
  const format = useFormat();
  const equity = useStatus().data?.equity ?? 0;
  return (path, value) => {
    const amount = toNumber(value);
    if (amount === null) return null;
    const money = `${format.money((equity * amount) / 100)} USDT`;
    switch (path) {
      case 'maxDailyLossPct':
        return equity > 0 ? t('effects.maxDailyLossPct', { money }) : null;
      case 'positionSizePct':
        return equity > 0 ? t('effects.positionSizePct', { money }) : null;
      case 'risk.riskPerTradePct':
        return equity > 0 ? t('effects.riskPerTradePct', { money }) : null;
      case 'risk.maxDrawdownPct':
        return equity > 0 ? t('effects.maxDrawdownPct', { money }) : null;
      case 'stopLossPct':
        return t('effects.stopLossPct', { price: format.price(100 - amount) });
      case 'takeProfitPct':
        return t('effects.takeProfitPct', { price: format.price(100 + amount) });
      case 'tradingInterval':
        return amount > 0
          ? t('effects.tradingInterval', { time: format.duration(amount), count: Math.round(86_400 / amount) })
          : null;
      default:
        return null;
    }
  };
}
