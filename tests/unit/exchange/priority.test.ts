import { asBare, asEmergency, asView, priorityOr } from '../../../adapters/exchange/priority.js';

const asked = (): Promise<string> => Promise.resolve(priorityOr('account'));

test('work for a bare holding goes before its own kind of work', async () => {
  expect(await asked()).toBe('account');
  expect(await asBare(asked)).toBe('bare');
  expect(await asView(() => asBare(asked))).toBe('bare');
});

test('inside an emergency it is part of the emergency', async () => {
  expect(await asEmergency(() => asBare(asked))).toBe('emergency');
  expect(await asBare(() => asEmergency(asked))).toBe('emergency');
});
