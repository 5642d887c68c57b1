import { fileURLToPath } from 'node:url';
import { readCandleFile } from '../adapters/candles/store.js';
import { findLookahead, findVotesUnlikeStream } from '../trading/signals/lookahead.js';
import { createStrategy, STRATEGIES } from '../trading/signals/registry.js';
import type { CandleColumns } from '../trading/types.js';
import { checkLearner } from './check-learner.js';
import { numberOption, readArguments, runCommand } from './usage.js';

const USAGE = 'npm run check-strategy -- [NAME …|learner] [--data FILE] [--cuts 40 (learner: 10)]';
const SAMPLE = fileURLToPath(new URL('../../data/BTCUSDT-1m-2024-07-26_08-25.csv.gz', import.meta.url));

/** The model's features, labels and probabilities are checked under this name. */
const LEARNER = 'learner';
const LEARNER_CUTS = 10;

// Does a strategy's vote change when later candles become known? Does anything that the learner says? Exit code 1 if so.
await runCommand(() => {
  const options = { data: { type: 'string' }, cuts: { type: 'string' } } as const;
  const { values, positionals } = readArguments(USAGE, options, { names: true });
  const names = positionals.length > 0 ? positionals : [...Object.keys(STRATEGIES), LEARNER];
  const strategies = names.filter((name) => name !== LEARNER).map((name) => createStrategy(name));
  const candles = readCandleFile(values.data ?? SAMPLE);
  const cuts = numberOption('cuts', values.cuts, 40, { min: 1, max: 100_000, integer: true });
  if (names.includes(LEARNER)) sayLearner(candles, values.cuts === undefined ? LEARNER_CUTS : cuts);
  for (const strategy of strategies) {
    const votesOf = (known: CandleColumns) => ({ votes: strategy.votes(known) });
    const findings = [...findVotesUnlikeStream(strategy, candles), ...findLookahead(votesOf, candles, cuts)];
    const votes = strategy.votes(candles);
    const wrong = votes.findIndex((vote, index) => index >= strategy.warmUp && !(vote >= -1 && vote <= 1));
    if (findings.length === 0 && wrong < 0) {
      const heard = votes.filter((vote) => Math.abs(vote) > 0).length;
      console.log(
        `${strategy.name}: no lookahead on ${candles.length} candles, each vote being what the stream said at its close; warm-up ${strategy.warmUp}, an opinion on ${((100 * heard) / candles.length).toFixed(1)} % of them`,
      );
      continue;
    }
    process.exitCode = 1;
    const first = findings[0];
    if (first)
      console.log(
        `${strategy.name}: LOOKAHEAD (or a stream of its own mind). With ${first.known} candles known the vote at candle ${first.index} (${new Date(candles.timestamp[first.index]!).toISOString()}) is ${first.truncated}, later ${first.full}; ${findings.length} votes differ`,
      );
    if (wrong >= 0)
      console.log(
        `${strategy.name}: the vote at candle ${wrong} is ${votes[wrong]}; from candle ${strategy.warmUp} on it must be -1 to 1`,
      );
  }
});

function sayLearner(candles: CandleColumns, cuts: number): void {
  const { columns, scored, findings } = checkLearner(candles, cuts);
  const [first] = findings;
  if (!first) {
    console.log(
      `learner: no lookahead in ${columns.length} columns (features, labels, probability) on ${candles.length} candles, ${scored} of them scored`,
    );
    return;
  }
  process.exitCode = 1;
  console.log(
    `learner: LOOKAHEAD in ${[...new Set(findings.map(({ column }) => column))].join(', ')}. With ${first.known} candles known ${first.column} at candle ${first.index} is ${first.truncated}, later ${first.full}`,
  );
}
