/** A small fault campaign, judged by the exchange's own ledger; and the same with the fence off, which has to be seen. */
import { buildWorkflowsOnce } from '../../../commands/campaign/build.js';
import { DOUBLING_MIX, FAULT_MIX } from '../../../commands/campaign/faults.js';
import type { Verdict } from '../../../commands/campaign/judge.js';
import { type CampaignOptions, runCampaign } from '../../../commands/campaign/run.js';
import { startServers, type TestServers } from '../../support/servers.js';

let servers: TestServers;

beforeAll(async () => {
  await buildWorkflowsOnce();
  servers = await startServers({ temporal: true, mongodb: true, simulator: { speed: 1, weightLimit: 10_000_000 } });
});
afterAll(() => servers?.stop());

const run = (options: Partial<CampaignOptions> & Pick<CampaignOptions, 'seed' | 'fence'>) =>
  runCampaign(
    { users: 6, rounds: 2, workers: 1, kills: 0, crash: 0, limitMs: 170_000, say: () => undefined, ...options },
    servers,
  );

/** What is judged whatever the machine's speed; how long a holding was bare is the big campaign's to judge. */
function promises({ doubled, lost, unknownToUs, foreignTouched, booksDiffer, balanceDiffers, ...rest }: Verdict) {
  const { unfinished, afterEmergency } = rest;
  return { doubled, lost, unknownToUs, foreignTouched, booksDiffer, balanceDiffers, unfinished, afterEmergency };
}

test('under every fault at once, with kills and an emergency, no order is lost, doubled or unknown', async () => {
  const report = await run({ seed: 11, fence: true, kills: 1, everyMs: 3_000, emergencies: 1, faults: FAULT_MIX });
  expect(promises(report)).toEqual({
    doubled: [],
    lost: [],
    unknownToUs: [],
    foreignTouched: [],
    booksDiffer: [],
    balanceDiffers: [],
    unfinished: [],
    afterEmergency: [],
  });
  expect(report.finished).toBe(true);
  expect(report.emergencies).toBe(1);
  expect(report.executedOrders).toBeGreaterThan(6);
}, 200_000);

test('with the fence off, the same faults double orders, and the judge sees them', async () => {
  const report = await run({ seed: 12, fence: false, faults: DOUBLING_MIX });
  expect(report.doubled.length).toBeGreaterThan(0);
}, 200_000);
