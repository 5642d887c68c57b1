import { reasonText } from '../../notifications/reasons.js';
import { circuitAllows } from '../circuit.js';
import { finding } from '../finding.js';
import type { RiskCheck, RiskContext, RiskFinding } from '../types.js';

/** Calls in the window below which an error rate says nothing. */
export const MIN_CALLS_FOR_RATE = 5;

/**
 * Whether the exchange can be relied upon: error rate, latency, a ban, the circuit breaker. Without one successful
 * call for `apiConnectionLostAfter` seconds of real time it is an emergency.
 */
export const apiConnectivity: RiskCheck = {
  name: 'apiConnectivity',
  codes: ['API_CONNECTIVITY', 'CIRCUIT_OPEN'],
  scope: 'account',
  check: (context) => [...connectionLost(context), ...unreliable(context), ...circuitOpen(context)],
};

function connectionLost({ realNow, config, exchange, apiWatchSince }: RiskContext): RiskFinding[] {
  const since = Math.max(exchange.lastSuccessAt ?? 0, apiWatchSince ?? 0);
  // Nobody asked, nobody was refused: silence alone is no loss of connection.
  const tried = exchange.calls > 0 || banned(exchange.bannedUntil, realNow);
  if (since === 0 || !tried) return [];
  const limit = config.apiConnectionLostAfter;
  const actual = Math.floor((realNow - since) / 1000);
  if (actual < limit) return [];
  const reason = reasonText('EXCHANGE_SILENT', { seconds: actual, limit });
  return [
    {
      ...finding('halt', 'API_CONNECTIVITY', { limit, actual, unit: 's' }),
      emergency: { trigger: 'API_CONNECTION_LOST', reason },
    },
  ];
}

function unreliable({ realNow, config: { risk }, exchange }: RiskContext): RiskFinding[] {
  const { errorRatePct, latencyMs, calls, bannedUntil } = exchange;
  if (banned(bannedUntil, realNow)) {
    const seconds = Math.ceil(((bannedUntil ?? 0) - realNow) / 1000);
    return [finding('halt', 'API_CONNECTIVITY', { limit: 0, actual: seconds, unit: 's of ban' })];
  }
  if (calls < MIN_CALLS_FOR_RATE) return [];
  if (errorRatePct > risk.maxApiErrorRatePct)
    return [
      finding('halt', 'API_CONNECTIVITY', { limit: risk.maxApiErrorRatePct, actual: errorRatePct, unit: '% errors' }),
    ];
  if (latencyMs > risk.maxApiLatencyMs)
    return [finding('reduce', 'API_CONNECTIVITY', { limit: risk.maxApiLatencyMs, actual: latencyMs, unit: 'ms' })];
  return [];
}

function circuitOpen({ realNow, circuit }: RiskContext): RiskFinding[] {
  if (!circuit || circuit.phase === 'closed') return [];
  const seconds = circuitAllows(circuit, realNow) ? 0 : Math.max(0, Math.ceil((circuit.openUntil - realNow) / 1000));
  return [finding('halt', 'CIRCUIT_OPEN', { limit: 0, actual: seconds, unit: 's to the next probe' })];
}

function banned(until: number | null, realNow: number): boolean {
  return (until ?? 0) > realNow;
}
