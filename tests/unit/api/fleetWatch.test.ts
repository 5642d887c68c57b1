import { createFleetWatch } from '../../../api/services/fleetWatch.js';

const flag = { halted: false, reason: '', by: '', since: null, epoch: 0 };

test('many who ask in the same moment cost one reading, and a stop and a release are each seen', async () => {
  let now = { ...flag };
  let readings = 0;
  const watch = createFleetWatch({ fleet: async () => (readings++, now) });
  const [first, second] = await Promise.all([watch(0), watch(10), watch(399)]);
  expect(readings).toBe(1);
  expect(second).toBe(first);
  now = { ...flag, halted: true, epoch: 1 };
  const stopped = await watch(400);
  now = { ...flag, halted: false, epoch: 1 };
  const released = await watch(800);
  now = { ...flag, halted: true, epoch: 2 };
  expect(new Set([first, stopped, released, await watch(1_200)]).size).toBe(4);
});

test('a reading that failed is not kept', async () => {
  let fails = true;
  const watch = createFleetWatch({
    fleet: () => (fails ? Promise.reject(new Error('the database is away')) : Promise.resolve(flag)),
  });
  await expect(watch(0)).rejects.toThrow('away');
  fails = false;
  expect(await watch(1)).toBe('0 false');
});
