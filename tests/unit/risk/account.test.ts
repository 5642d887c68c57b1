import { CIRCUIT, CLOSED_CIRCUIT, runRiskChecks, type RiskContext } from '../../../trading/risk/index.js';
import { but, config, context, markets, MIDNIGHT, NOON, snapshot, trade, withRisk } from './fixtures.js';

const base = context();
const loss = (pct: number): Partial<RiskContext> => ({ day: { ...base.day, pnlPct: -pct, pnl: -pct * 100 } });
const exchange = (over: Partial<RiskContext['exchange']>): Partial<RiskContext> => ({
  exchange: { ...base.exchange, ...over },
});
const losses = (count: number, newestExit = NOON - 600_000) =>
  Array.from({ length: count }, (_, i) => trade({ exitTime: newestExit - i * 60_000 }));

test('a healthy account may enter and has nothing to report', () => {
  expect(runRiskChecks(base)).toEqual({
    riskState: 'ACTIVE',
    refusals: [],
    entriesAllowed: true,
    emergency: null,
    warnings: [],
  });
});

test.each<[string, Partial<RiskContext>, string, string | null]>([
  ['a loss under the warning is silent', loss(2.39), 'ACTIVE', null],
  ['a loss of 90 % of the limit reduces', loss(2.7), 'REDUCING', 'DAILY_LOSS_NEAR'],
  ['a loss at the limit halts', loss(3), 'HALTED', 'DAILY_LOSS_LIMIT'],
  ['a profit of the same size does nothing', { day: { ...base.day, pnlPct: 3.5 } }, 'ACTIVE', null],
  ['a drawdown just below 90 % of its limit is silent', { peakEquity: 12_194 }, 'ACTIVE', null],
  ['a drawdown of 90 % of its limit reduces', { peakEquity: 12_196 }, 'REDUCING', 'DRAWDOWN_NEAR'],
  ['a drawdown at its limit halts', { peakEquity: 12_500 }, 'HALTED', 'MAX_DRAWDOWN'],
  ['an account without a peak has no drawdown', { peakEquity: 0 }, 'ACTIVE', null],
  ['not even where it is in debt', { peakEquity: 0, account: { ...base.account, equity: -5 } }, 'ACTIVE', null],
  [
    'a drawdown of just 90 % of its limit reduces',
    { peakEquity: 10_000, account: { ...base.account, equity: 8_200 } },
    'REDUCING',
    'DRAWDOWN_NEAR',
  ],
  [
    'live keys with a problem halt',
    { config: { ...config, mode: 'live' }, keyProblem: 'CAN_WITHDRAW' },
    'HALTED',
    'LIVE_KEYS_REFUSED',
  ],
  ['paper needs no keys', { keyProblem: 'CAN_WITHDRAW' }, 'ACTIVE', null],
  [
    'an unexplained change within rounding is silent',
    { account: { ...base.account, unexplained: 10 } },
    'ACTIVE',
    null,
  ],
  [
    'an unexplained change halts',
    { account: { ...base.account, unexplained: 10.01 } },
    'HALTED',
    'UNEXPLAINED_BALANCE',
  ],
  [
    'an unexplained loss halts too',
    { account: { ...base.account, unexplained: -11 } },
    'HALTED',
    'UNEXPLAINED_BALANCE',
  ],
  ['the error rate at its limit is borne', exchange({ errorRatePct: 50 }), 'ACTIVE', null],
  ['an error rate over its limit halts', exchange({ errorRatePct: 51 }), 'HALTED', 'API_CONNECTIVITY'],
  ['an error rate over five calls counts', exchange({ errorRatePct: 51, calls: 5 }), 'HALTED', 'API_CONNECTIVITY'],
  ['an error rate over four calls says nothing', exchange({ errorRatePct: 100, calls: 4 }), 'ACTIVE', null],
  ['latency at its limit is borne', exchange({ latencyMs: 5000 }), 'ACTIVE', null],
  ['latency over its limit reduces', exchange({ latencyMs: 5001 }), 'REDUCING', 'API_CONNECTIVITY'],
  ['a ban halts', exchange({ bannedUntil: base.realNow + 1 }), 'HALTED', 'API_CONNECTIVITY'],
  ['a ban that is over does not', exchange({ bannedUntil: base.realNow }), 'ACTIVE', null],
  ['skew at its limit is borne', exchange({ clockOffsetMs: -1000 }), 'ACTIVE', null],
  ['skew over its limit halts, ahead', exchange({ clockOffsetMs: 1001 }), 'HALTED', 'CLOCK_SKEW'],
  ['skew over its limit halts, behind', exchange({ clockOffsetMs: -1001 }), 'HALTED', 'CLOCK_SKEW'],
  ['an unmeasured clock is no finding', exchange({ clockOffsetMs: null }), 'ACTIVE', null],
  ['the fleet stop halts', { fleetHalted: true }, 'HALTED', 'FLEET_HALTED'],
  ['a streak one short of its limit is borne', { recentTrades: losses(3) }, 'ACTIVE', null],
  ['a losing streak halts', { recentTrades: losses(4) }, 'HALTED', 'LOSING_STREAK'],
  [
    'a streak ended by a win does not',
    { recentTrades: [trade({ exitTime: NOON - 1, pnl: '0' }), ...losses(6)] },
    'ACTIVE',
    null,
  ],
  [
    'a win before the streak does not end it',
    { recentTrades: [trade({ exitTime: 5, pnl: '9' }), ...losses(4)] },
    'HALTED',
    'LOSING_STREAK',
  ],
  [
    'a streak just inside its cool-down halts',
    { recentTrades: losses(4, NOON - 30 * 60_000 + 1) },
    'HALTED',
    'LOSING_STREAK',
  ],
  ['a streak whose cool-down is over does not', { recentTrades: losses(4, NOON - 30 * 60_000) }, 'ACTIVE', null],
  [
    'a streak limit of 0 is off',
    { recentTrades: losses(9), config: withRisk({ losingStreakLimit: 0 }) },
    'ACTIVE',
    null,
  ],
  ['one trade under the daily number is fine', { day: { ...base.day, tradesToday: 19 } }, 'ACTIVE', null],
  ['the daily number of trades halts', { day: { ...base.day, tradesToday: 20 } }, 'HALTED', 'TRADES_PER_DAY'],
  [
    'a daily number of 0 is off',
    { day: { ...base.day, tradesToday: 99 }, config: withRisk({ maxTradesPerDay: 0 }) },
    'ACTIVE',
    null,
  ],
  [
    'an open circuit halts',
    { circuit: { ...CLOSED_CIRCUIT, phase: 'open', openUntil: base.realNow + 2001 } },
    'HALTED',
    'CIRCUIT_OPEN',
  ],
  ['a circuit that is probing halts', { circuit: { ...CLOSED_CIRCUIT, phase: 'half-open' } }, 'HALTED', 'CIRCUIT_OPEN'],
  ['a closed circuit does not', { circuit: CLOSED_CIRCUIT }, 'ACTIVE', null],
])('%s', (_name, over, riskState, code) => {
  const verdict = runRiskChecks(context(over));
  expect(verdict.riskState).toBe(riskState);
  expect(verdict.entriesAllowed).toBe(riskState === 'ACTIVE');
  expect(verdict.refusals.map((refusal) => refusal.code)).toEqual(code === null ? [] : [code]);
  for (const refusal of verdict.refusals) expect(refusal.approved).toBe(false);
});

describe('the daily loss', () => {
  test('warns from 80 % of the limit without refusing', () => {
    const { warnings, riskState } = runRiskChecks(context(loss(2.4)));
    expect(riskState).toBe('ACTIVE');
    expect(warnings).toEqual([{ code: 'DAILY_LOSS_NEAR', limit: 3, actual: 2.4, unit: '%', until: MIDNIGHT }]);
  });

  test('still warns while it reduces', () => {
    expect(runRiskChecks(context(loss(2.8))).warnings).toMatchObject([{ code: 'DAILY_LOSS_NEAR', actual: 2.8 }]);
  });

  test('is an emergency at the limit, and says how much', () => {
    const { emergency, refusals, warnings } = runRiskChecks(context(loss(3.1)));
    expect(emergency).toEqual({
      trigger: 'DAILY_LOSS_EXCEEDED',
      reason: 'daily loss of 3.10 % reached the limit of 3 %',
    });
    expect(refusals).toEqual([
      { approved: false, code: 'DAILY_LOSS_LIMIT', limit: 3, actual: 3.1, unit: '%', until: MIDNIGHT },
    ]);
    expect(warnings).toEqual([]);
  });

  test('lasts until midnight in the zone of the user', () => {
    const seoul = context({ ...loss(3), config: { ...config, timeZone: 'Asia/Seoul' } });
    expect(runRiskChecks(seoul).refusals[0]?.until).toBe(Date.UTC(2024, 7, 5, 15));
  });
});

describe('the lost connection', () => {
  const at = base.realNow;
  test.each<[string, Partial<RiskContext>, boolean]>([
    ['is none a second before its time', exchange({ lastSuccessAt: at - 299_999 }), false],
    ['is an emergency at its time', exchange({ lastSuccessAt: at - 300_000 }), true],
    ['is none while nobody asked', exchange({ lastSuccessAt: at - 900_000, calls: 0 }), false],
    [
      'is one while a ban forbids asking',
      exchange({ lastSuccessAt: at - 900_000, calls: 0, bannedUntil: at + 1 }),
      true,
    ],
    ['is none where no start is known', exchange({ lastSuccessAt: null }), false],
    [
      'counts from what the workflow remembers after a restart',
      { ...exchange({ lastSuccessAt: null }), apiWatchSince: at - 300_000 },
      true,
    ],
    [
      'counts from the later of the two',
      { ...exchange({ lastSuccessAt: at - 900_000 }), apiWatchSince: at - 1000 },
      false,
    ],
  ])('%s', (_name, over, lost) => {
    const { emergency, riskState } = runRiskChecks(context(over));
    expect(emergency?.trigger ?? null).toBe(lost ? 'API_CONNECTION_LOST' : null);
    if (lost) expect(riskState).toBe('HALTED');
  });

  test('says for how long', () => {
    const { emergency, refusals } = runRiskChecks(context(exchange({ lastSuccessAt: at - 300_900 })));
    expect(emergency?.reason).toBe('no successful call to the exchange for 300 s (limit 300 s)');
    expect(refusals[0]).toEqual({ approved: false, code: 'API_CONNECTIVITY', limit: 300, actual: 300, unit: 's' });
  });
});

test('a slow exchange is told by its latency', () => {
  expect(runRiskChecks(context(exchange({ latencyMs: 5001 }))).refusals).toEqual([
    { approved: false, code: 'API_CONNECTIVITY', limit: 5000, actual: 5001, unit: 'ms' },
  ]);
});

test('the refusals of a ban and of an open circuit say how many seconds are left, rounded up', () => {
  const banned = runRiskChecks(context(exchange({ bannedUntil: base.realNow + 1500 }))).refusals[0];
  expect(banned).toMatchObject({ actual: 2, limit: 0, unit: 's of ban' });
  const circuit = { ...CLOSED_CIRCUIT, phase: 'open' as const, openUntil: base.realNow + CIRCUIT.firstOpenMs - 1 };
  expect(runRiskChecks(context({ circuit })).refusals[0]).toMatchObject({ actual: 5, limit: 0 });
  expect(runRiskChecks(context({ circuit: { ...circuit, openUntil: 1 } })).refusals[0]).toMatchObject({ actual: 0 });
});

test('the streak says how many losses it takes and when the pause ends', () => {
  const exit = NOON - 600_000;
  const [refusal] = runRiskChecks(context({ recentTrades: losses(5, exit).reverse() })).refusals;
  expect(refusal).toEqual({
    approved: false,
    code: 'LOSING_STREAK',
    limit: 4,
    actual: 4,
    unit: 'losses',
    until: exit + 1_800_000,
  });
});

test('one symbol that cannot be entered is listed while the others trade', () => {
  const market = but(base.market, snapshot('BTC/USDT', { spreadPct: 0.31 }));
  const verdict = runRiskChecks(context({ market }));
  expect(verdict.refusals).toEqual([
    { approved: false, code: 'SPREAD', symbol: 'BTC/USDT', limit: 0.3, actual: 0.31, unit: '%' },
  ]);
  expect(verdict).toMatchObject({ riskState: 'ACTIVE', entriesAllowed: true });
});

test.each([
  ['STALE_DATA', 'STALE_DATA', 'refuses'],
  ['GAPPED_DATA', 'ANOMALOUS_DATA', 'refuses'],
  ['FROZEN_MARKET', 'ANOMALOUS_DATA', 'refuses'],
  ['PRICE_JUMP', 'PRICE_GAP', 'refuses'],
  ['WIDE_SPREAD', 'SPREAD', 'refuses'],
  ['VOLUME_SPIKE', 'ANOMALOUS_DATA', 'warns'],
] as const)('the anomaly %s is told as %s and %s', (anomaly, code, does) => {
  const anomalies = [{ code: anomaly, symbol: 'BTC/USDT', actual: 7, limit: 5, unit: 'ATR' as const }];
  const market = but(base.market, snapshot('BTC/USDT', { anomalies }));
  const { refusals, warnings, riskState } = runRiskChecks(context({ market }));
  const told = { code, symbol: 'BTC/USDT', limit: 5, actual: 7, unit: 'ATR' };
  expect(refusals).toEqual(does === 'refuses' ? [{ approved: false, ...told }] : []);
  // A refusal of one symbol is no warning for the account.
  expect(warnings).toEqual(does === 'warns' ? [told] : []);
  expect(riskState).toBe('ACTIVE');
});

test('a symbol without data is refused without a warning', () => {
  const market = markets({ 'ETH/USDT': snapshot('ETH/USDT') });
  expect(runRiskChecks(context({ market }))).toMatchObject({
    warnings: [],
    refusals: [{ code: 'ANOMALOUS_DATA', symbol: 'BTC/USDT', limit: 1, actual: 0, unit: 'snapshots' }],
  });
});

test('where no symbol can be entered the account is halted', () => {
  const market = markets({ 'BTC/USDT': snapshot('BTC/USDT', { ageSeconds: 901 }) });
  const verdict = runRiskChecks(context({ market }));
  expect(verdict.refusals.map(({ code, symbol }) => [code, symbol])).toEqual([
    ['STALE_DATA', 'BTC/USDT'],
    ['ANOMALOUS_DATA', 'ETH/USDT'],
  ]);
  expect(verdict).toMatchObject({ riskState: 'HALTED', entriesAllowed: false });
});

test('without symbols there is nothing to refuse', () => {
  expect(runRiskChecks(context({ config: { ...config, symbols: [] } })).riskState).toBe('ACTIVE');
});

test('a refusal for the day that is near its end names the right day', () => {
  const now = MIDNIGHT - 1;
  expect(runRiskChecks(context({ ...loss(3), now })).refusals[0]?.until).toBe(MIDNIGHT);
  expect(runRiskChecks(context({ ...loss(3), now: MIDNIGHT })).refusals[0]?.until).toBe(MIDNIGHT + 86_400_000);
});

test('an emergency is found wherever it stands among the findings', () => {
  const { emergency } = runRiskChecks(context({ ...loss(3.1), fleetHalted: true }));
  expect(emergency?.trigger).toBe('DAILY_LOSS_EXCEEDED');
});

test('findings that halt outrank those that reduce', () => {
  const verdict = runRiskChecks(context({ ...loss(2.8), fleetHalted: true }));
  expect(verdict.riskState).toBe('HALTED');
  expect(verdict.refusals.map(({ code }) => code)).toEqual(['FLEET_HALTED', 'DAILY_LOSS_NEAR']);
});
