import { createProcessorUse } from '../../../adapters/processors.js';

test('a process that does nothing but reckon is seen to use its processors, and never more than there are', async () => {
  const use = createProcessorUse();
  const end = performance.now() + 300;
  while (performance.now() < end) Math.sqrt(Math.random());
  const seen = use();
  expect(seen).toBeGreaterThan(0);
  expect(seen).toBeLessThanOrEqual(1);
  // Within a quarter of a second it is the same look.
  expect(use()).toBe(seen);
});
