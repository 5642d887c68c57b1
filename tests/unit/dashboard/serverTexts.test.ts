import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe as finding } from '../../../activities/account/findings.js';
import { COMMON, OWN_WORDS } from '../../../adapters/passwords/weakness.js';
import { unchangedProblems } from '../../../api/auth/chosenPassword.js';
import { KOREAN } from '../../../dashboard/src/i18n/server/ko.js';
import { RECONCILE_CODES } from '../../../trading/reconcile/index.js';
import { RISK_CODES } from '../../../trading/risk/codes.js';
import { describeRefusal } from '../../../trading/risk/describe.js';
import { STRATEGIES } from '../../../trading/signals/registry.js';
import { ANOMALY_CODES, EMERGENCY_TRIGGERS, EXIT_REASONS } from '../../../trading/types.js';

const hangul = /[가-힣]/;

test('every code with which the API refuses has a Korean text', () => {
  const codes = new Set(sourcesBelow('api').flatMap((source) => codesIn(source)));
  expect(codes.size).toBeGreaterThan(25);
  expect([...codes].filter((code) => !hangul.test(KOREAN.problems[code] ?? '')).sort()).toEqual([]);
});

test('everything that is wrong with a chosen password is said in Korean', () => {
  const [unchanged] = unchangedProblems('strict', 'the same one', 'the same one');
  for (const said of [COMMON, OWN_WORDS, unchanged!.message])
    expect([said, KOREAN.fields[said]]).toEqual([said, expect.stringMatching(hangul)]);
});

test('every risk code reads Korean in a refusal, and in a line that carries it', () => {
  for (const code of RISK_CODES) {
    const refusal = { approved: false as const, code, symbol: 'BTC/USDT', limit: 1, actual: 2, unit: '%' as const };
    expect(describeRefusal(refusal, 'ko')).toMatch(hangul);
    expect(KOREAN.logLine(`Cycle 3: BTC/USDT 68,900; no new candle; refused: ${code}`)).not.toContain(code);
  }
});

test('every strategy’s parameter and what its votes mean are said in Korean', () => {
  for (const [name, { parameters, meaning }] of Object.entries(STRATEGIES)) {
    for (const parameter of Object.keys(parameters))
      expect([name, parameter, KOREAN.parameters[name]?.[parameter] ?? '']).toEqual([
        name,
        parameter,
        expect.stringMatching(hangul),
      ]);
    for (const said of [meaning.buy, meaning.sell].filter((each) => each !== 'never'))
      expect(KOREAN.reason(`${name} +0.62: ${said}`)).toBe(
        `${KOREAN.reason(`${name} +0.62: x`).slice(0, -1)}${KOREAN.meanings[said]}`,
      );
  }
});

test('every failure of a channel is said in Korean; what a service answered stays as it is', () => {
  const failures = sourcesBelow('adapters/notifications').flatMap((source) =>
    [...source.matchAll(/new ChannelFailure\(\s*(['`])(.+?)\1/g)].map(([, , words = '']) => words),
  );
  expect(failures.length).toBeGreaterThan(12);
  // What can't come from a user's own settings says which part of the program is wrong, to a programmer.
  const said = failures.filter((words) => !words.startsWith('not a '));
  const examples = said.map((words) => words.replace('${said}', ': chat not found').replace(/\$\{[^}]+\}/g, '503'));
  for (const words of examples) expect([words, KOREAN.delivery(words)]).toEqual([words, expect.stringMatching(hangul)]);
  expect(KOREAN.delivery('expired; last: Telegram answered 403: Forbidden: bot was blocked by the user')).toBe(
    '기한 만료, 마지막 결과: 텔레그램 응답 403: Forbidden: bot was blocked by the user',
  );
  expect(KOREAN.delivery('250 2.0.0 Ok: queued')).toBe('250 2.0.0 Ok: queued');
});

test.each([
  'costs 0.21 % a round trip: 41 of 100 such trades must win',
  'no strategy has an opinion',
  'only 30 closed candles, 251 are needed to judge',
  'model: rsi14 61.20 (+0.31)',
])('the reason "%s" is said in Korean', (reason) => {
  expect(KOREAN.reason(reason)).toMatch(hangul);
});

test.each([
  'Cycle 12: BTC/USDT 68939.89, ETH/USDT 3291.2; BTC/USDT BUY 62, ETH/USDT HOLD 3; refused: SPREAD',
  'Cycle 12 was interrupted',
  'Cycle 12 failed: The step did not answer in time',
  'BTC/USDT SELL at confidence 44: not taken (DUPLICATE, LOW_CONFIDENCE)',
  'BTC/USDT: outcome unknown, asking the exchange',
  'BTC/USDT BUY 0.0029 not entered: trading is halted by an emergency stop',
  'BTC/USDT BUY 0.0029 not entered: BTC/USDT: Spread: 0.42 % of at most 0.3 %; until the spread narrows',
  'BTC/USDT: Losing streak: 4 losses of at most 3 losses; until 2026-11-23 12:30 UTC',
  'BTC/USDT BUY 0.0029 at 68900 (of 0.003)',
  'BTC/USDT SELL 0.0029 at market',
  'BTC/USDT SELL 0.0029 not taken: it never reached the exchange',
  'BTC/USDT: protection not placed (it never reached the exchange)',
  'BTC/USDT: the exchange refuses every protection; selling',
  'BTC/USDT: stop 68000 and target 70000 on the exchange for 0.0029',
  'BTC/USDT: an entry whose outcome was unknown is filled; protecting it',
  'BTC/USDT: cancel not answered, asking for the orders',
  'BTC/USDT closed (stop): 0.0029 at 68000, PnL -2.10 (-1.05 %)',
  'Trading started by demo@localhost',
  'Trading stopped by engine: flat after reducing',
  'Open entries not checked: The step did not answer in time',
  'Emergency stop reset by admin: checked',
  'No open position p-1',
  'BTC/USDT: its protection ended without executing; placing it again',
  'BTC/USDT: stop moved from 68000 to 68100 (trailing)',
  '2 open entry orders cancelled, 0 found filled',
  'Verified on the exchange: 0 entry orders open, 2 protective orders resting, 1 positions held',
  '0.5 ETH were on the account before: kept out of positions and PnL, never sold',
  'Trade by hand seen: bought 0.1 BTC on BTC/USDT; left alone, kept out of PnL and limits',
  'Unexplained change of +5 USDT: no entries until it is explained',
  'SHADOW BTC/USDT BUY 0.0029 at 68900, stop 68000, target 70000: nothing was sent',
  'SHADOW BTC/USDT BUY 0.0029 not decided: trading is halted by an emergency stop',
  'SHADOW BTC/USDT BUY 0.0029 not decided: the one decided at 2026-11-23T12:00:00.000Z would still be open',
  'SHADOW BTC/USDT SELL 0.0029 at 70000 (target): nothing was sent',
  'BTC/USDT BUY 0.0029 not entered: the plan is 31 s old',
  'No entries: These keys must not be used: CAN_WITHDRAW, NO_IP_LIST.',
  'No entries: The exchange no longer accepts these keys.',
  'The exchange keys may be used again',
  'ETH/USDT: candles: no usable answer (FetchError, ECONNREFUSED)',
  'Cycle 12 failed: balances: the exchange answered an answer without a code (HTTP 502)',
  ...ANOMALY_CODES.map((code) => `BTC/USDT: ${code}`),
  ...EMERGENCY_TRIGGERS.map((trigger) => `Emergency stop: ${trigger} (drill)`),
  ...EXIT_REASONS.map((reason) => `BTC/USDT closed (${reason}): 1 at 2, PnL 0.00 (0.00 %)`),
])('the log line "%s" is said in Korean', (line) => {
  expect(KOREAN.logLine(line)).toMatch(hangul);
  expect(KOREAN.logLine(line)).not.toMatch(/\b(BUY|SELL|HOLD|undefined)\b/);
});

test.each([
  'Account has insufficient balance for requested action.',
  'Market is closed.',
  'Stop price would trigger immediately.',
  'Order would immediately match and take.',
  'Filter failure: NOTIONAL',
  'Filter failure: PERCENT_PRICE_BY_SIDE',
  'The relationship of the prices for the orders is not correct.',
  'Stop loss orders are not supported for this symbol.',
  'OCO orders are not supported for this symbol.',
  'Duplicate order sent.',
  'This symbol is restricted for this account.',
  'Invalid API-key, IP, or permissions for action.',
  'Timestamp for this request is outside of the recvWindow.',
  'Too much request weight used; current limit is 6000 request weight per 1 MINUTE.',
  "Parameter 'price' has too much precision.",
])('what the exchange says, "%s", is said in Korean with its code, in a line and as evidence', (words) => {
  const said = `placeOrder: the exchange answered -2010 "${words}" (HTTP 400)`;
  for (const line of [said, `BTC/USDT SELL 0.0029 not taken: ${said}`, `BTC/USDT: protection not placed (${said})`]) {
    expect(KOREAN.logLine(line)).toContain('-2010');
    expect(KOREAN.logLine(line)).toMatch(/“[^”]*[가-힣][^”]*”/);
    expect(KOREAN.logLine(line)).not.toContain(words);
  }
});

test.each([
  'unknown to the exchange 61040 ms after a request that was valid for 60000 ms',
  'unknown to the exchange long after its fence',
  'its trades are on the exchange',
  'the candle of 2026-11-23T12:00:00.000Z reached it',
  'placeOrder: no usable answer (RequestTimeout); the outcome is unknown',
  'shadow mode',
])('the evidence "%s" is said in Korean', (evidence) => {
  expect(KOREAN.logLine(evidence)).toMatch(hangul);
});

test('units of refusals and an administrator’s reason are said in Korean, too', () => {
  const streak = 'BTC/USDT: Losing streak: 4 losses of at most 3 losses; until 2026-11-23 12:30 UTC';
  expect(KOREAN.logLine(streak)).toBe('BTC/USDT: 연속 손실: 4 회 (최대 3 회); 2026-11-23 12:30 UTC까지');
  expect(KOREAN.logLine('Emergency stop: MANUAL_STOP (fleet: drill)')).not.toContain('fleet');
});

test.each(RECONCILE_CODES)('what a look at an account finds, %s, is said in Korean', (code) => {
  const found = { code, id: 'x', asset: 'ETH', symbol: 'ETH/USDT', amount: '-0.5', clientOrderId: 'ctp-1' };
  expect(KOREAN.logLine(finding(found))).toMatch(hangul);
});

test('what has no known form stays as it is', () => {
  expect(KOREAN.logLine('something new')).toBe('something new');
  expect(KOREAN.reason('something new')).toBe('something new');
});

const sourcesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

/** Codes in `new Problem(4xx, 'CODE'`, `conflict(…, 'CODE')` and `unavailable('CODE'`. */
const codesIn = (source: string): string[] => [
  ...[...source.matchAll(/new Problem\(\s*\d+,\s*'([A-Z_]+)'/g)].map(([, code]) => code!),
  ...[...source.matchAll(/conflict\([^;]*?'([A-Z_]+)'\)/g)].map(([, code]) => code!),
  ...[...source.matchAll(/unavailable\(\s*'([A-Z_]+)'/g)].map(([, code]) => code!),
];
