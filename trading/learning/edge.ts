/**
 * Whether a probability of target before stop is worth a trade. Breaking even needs
 * p * takeProfit - (1 - p) * stopLoss >= costs, so p >= (stopLoss + costs) / (stopLoss + takeProfit).
 * Percentages in percent of the entry; `feeRate` per side as a fraction (0.001 = 0.1 %).
 */
export function edgeCovers(
  probability: number,
  { stopLossPct, takeProfitPct, feeRate }: { stopLossPct: number; takeProfitPct: number; feeRate: number },
): { covers: boolean; needed: number } {
  const costs = 2 * feeRate * 100;
  const needed = (stopLossPct + costs) / (stopLossPct + takeProfitPct);
  return { covers: probability >= needed, needed };
}
