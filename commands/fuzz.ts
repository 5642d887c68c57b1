/**
 * `npm run fuzz -- [--requests N] [--seed S] [--minutes M] [--json OUT]`: schemathesis sends what the OpenAPI document
 * allows, and what it does not, to every route of the running product: as nobody, as a user, by an API token and as an
 * administrator. Requests, statuses and failures are counted by the API itself as well, by its own metrics.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createControl } from './campaign/control.js';

import { optionsOrExit } from './chaos/options.js';
import { keepLogs, startProduct } from './chaos/product.js';
import { say } from './chaos/report.js';
import { makeTraders } from './chaos/traders.js';
import { answered, type Answered } from './fuzz/answered.js';
import { gatherKnown, type Party, partiesOf, restore, signInFromElsewhere } from './fuzz/parties.js';
import { type Findings, findSchemathesis, fuzzOnce } from './fuzz/schemathesis.js';
import { probeStreams } from './fuzz/streams.js';
import { startMailServer } from './notifications/receivers.js';

const { numbers, json } = optionsOrExit('fuzz', {
  requests: { usual: 20_000, least: 100 },
  seed: { usual: 1, least: 0 },
  minutes: { usual: 40, least: 1 },
});
const { requests, seed, minutes } = numbers;

/** Cases a route: the document's corners come on top, about 80 a route. */
const CASES = 15;
const CASES_OF_KNOWN = 25;
const TRADED_WITHIN = 60_000;

const started = Date.now();
const schemathesis = await findSchemathesis(say);
say(`starting the product (${schemathesis.version})`);
const mailbox = await startMailServer();
const product = await startProduct({ SIM_WEIGHT_LIMIT: '1000000', SMTP_URL: mailbox.url });
let sound = false;
try {
  sound = await run();
} finally {
  if (!sound) say(`logs are kept in ${keepLogs(product)}`);
  await product.stop();
  await mailbox.close();
  schemathesis.remove();
}
process.exit(sound ? 0 : 1);

async function run(): Promise<boolean> {
  const traders = await makeTraders(product, 2, 2);
  const [subject, other] = traders;
  const control = createControl(product.runtime().exchangeControlUrl!);
  const deadline = Date.now() + TRADED_WITHIN;
  while ((await control.ledger(subject!.userId)).trades.length === 0 && Date.now() < deadline)
    await new Promise((next) => setTimeout(next, 500));
  const apiPid = product.runtime().processes.api;
  const known = await gatherKnown(product, subject!, other!);
  const parties = await partiesOf(product, subject!, known);
  const before = await answered(product.runtime().apiUrl);

  const findings: Findings[] = [];
  let round = 0;
  const sent = async (): Promise<number> => (await answered(product.runtime().apiUrl)).requests - before.requests;
  const goOn = async (): Promise<boolean> =>
    (await sent()) < requests && Date.now() < started + minutes * 60_000 && round < 50;
  while (await goOn()) {
    for (const party of parties) {
      if (!(await goOn())) break;
      if (party.signIn) await restore(product, subject!);
      findings.push(await oneRun(party, round));
      say(
        `${await sent()} requests; ${party.name}${party.substitute ? ' with what is there' : ''}: ${verdict(findings.at(-1)!)}`,
      );
    }
    round += 1;
  }
  const { apiUrl } = product.runtime();
  await restore(product, subject!);
  const streams = await probeStreams(apiUrl, await signInFromElsewhere(apiUrl, parties[1]!), seed);
  const after = await answered(product.runtime().apiUrl);
  return report({ findings, streams, counted: difference(before, after), apiPid });
}

function oneRun(party: Party, round: number): Promise<Findings> {
  return fuzzOnce(schemathesis, {
    party,
    url: product.runtime().apiUrl,
    folder: join(product.dataDir, 'fuzz'),
    seed: seed + round,
    cases: party.substitute ? CASES_OF_KNOWN : CASES,
    // The corners are the same in every round.
    phases: party.substitute ? 'fuzzing,stateful' : round === 0 ? 'examples,coverage,fuzzing,stateful' : 'fuzzing',
    timeoutMs: 15 * 60_000,
  });
}

function verdict({ cases, failures }: Findings): string {
  return `${cases} cases, ${failures.length === 0 ? 'nothing found' : `${failures.length} FAILURES`}`;
}

async function report(found: {
  findings: readonly Findings[];
  streams: { asked: number; failures: string[] };
  counted: Answered;
  apiPid: number | undefined;
}): Promise<boolean> {
  const { findings, streams, counted, apiPid } = found;
  const failures = [...findings.flatMap((one) => one.failures), ...streams.failures];
  const ready = (await fetch(`${product.runtime().apiUrl}/readyz`)).status;
  const restarted = product.runtime().processes.api !== apiPid;
  const serverErrors = Object.entries(counted.byStatus).filter(([status]) => Number(status) >= 500);
  const enough = counted.requests >= requests;
  const held = failures.length === 0 && serverErrors.length === 0 && ready === 200 && !restarted && enough;
  const seconds = Math.round((Date.now() - started) / 1000);
  const routes = Object.keys(counted.byRoute).length;
  const result = { seed, seconds, ...counted, streams: streams.asked, failures, ready, restarted, held };
  if (json) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);

  console.log(
    `\nseed ${seed}: ${counted.requests} requests to ${routes} routes in ${seconds} s, ${streams.asked} of them streams`,
  );
  console.log(
    `answers: ${Object.entries(counted.byStatus)
      .map(([status, count]) => `${status} ${count}x`)
      .join(', ')}`,
  );
  console.log(`answered within 5 s: ${counted.within5s} of ${counted.requests}`);
  for (const line of failures) console.log(`  ${line}`);
  if (restarted) console.log('  the API process died');
  if (ready !== 200) console.log(`  the API is not ready any more (${ready})`);
  if (!enough) console.log(`  fewer than ${requests} requests: the time was over`);
  console.log(held ? 'no 5xx, no hang, nothing undocumented' : 'A PROMISE WAS BROKEN');
  return held;
}

function difference(before: Answered, after: Answered): Answered {
  const minus = (a: Record<string, number>, b: Record<string, number>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(a)
        .map(([name, count]) => [name, count - (b[name] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
  return {
    requests: after.requests - before.requests,
    within5s: after.within5s - before.within5s,
    byStatus: minus(after.byStatus, before.byStatus),
    byRoute: minus(after.byRoute, before.byRoute),
  };
}
