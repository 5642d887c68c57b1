import { readFileSync } from 'node:fs';
import { describe as sentence } from '../../../activities/account/findings.js';
import { RECONCILE_CODES, RECONCILE_RULES, ruleOf } from '../../../trading/reconcile/index.js';

const text = readFileSync(new URL('../../../docs/EXCHANGE.md', import.meta.url), 'utf8');

test('the table in docs/EXCHANGE.md is the rules that reconciliation follows', () => {
  const section = text.slice(text.indexOf('## Balances explained')).split('\n## ')[0]!;
  const rows = [...section.matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+?) \| (.+?) \|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(
    RECONCILE_RULES.map(({ code, found, done, level, alerted }) => [
      code,
      found,
      done,
      `${level}${alerted ? ', alert' : ''}`,
    ]),
  );
});

test('every code has one rule and a sentence of its own', () => {
  expect(RECONCILE_RULES.map(({ code }) => code)).toEqual([...RECONCILE_CODES]);
  const finding = { id: 'x', asset: 'USDT', amount: '-12.5', symbol: 'BTC/USDT', clientOrderId: 'by-hand' };
  const sentences = RECONCILE_CODES.map((code) => sentence({ ...finding, code }));
  expect(new Set(sentences).size).toBe(RECONCILE_CODES.length);
  for (const each of sentences) expect(each).toMatch(/12\.5|by-hand|BTC\/USDT/);
  expect(ruleOf('UNRECORDED_TRANSFER').alerted).toBe(true);
});
