import { swallowedMs } from '../../../commands/campaign/swallowed.js';

const met = (at: number, kind: string, endpoint = 'POST /api/v3/orderList/oco') => ({ at, kind, endpoint });

test('a swallowed placement counts for as long as its outcome cannot be proven', () => {
  expect(swallowedMs([met(1_000, 'request-lost')], 0, 60_000)).toBe(3_000);
  expect(swallowedMs([met(1_000, 'request-lost')], 0, 2_000)).toBe(1_000);
  expect(swallowedMs([met(1_000, 'request-lost')], 2_500, 60_000)).toBe(1_500);
  expect(swallowedMs([met(1_000, 'request-lost')], 5_000, 60_000)).toBe(0);
});

test('placements that were swallowed together are not counted twice', () => {
  const three = [met(4_000, 'reset'), met(1_000, '-1007'), met(2_000, '5xx', 'DELETE /api/v3/orderList')];
  expect(swallowedMs(three, 0, 60_000)).toBe(6_000);
});

test('reads, slow answers and streams swallow nothing', () => {
  const others = [met(1_000, '5xx', 'GET /api/v3/order'), met(1_000, 'slow'), met(1_000, 'disconnect', 'stream:user')];
  expect(swallowedMs(others, 0, 60_000)).toBe(0);
});
