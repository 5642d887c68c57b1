import { type Alert, copies, unalerted } from '../../../commands/chaos/alerts.js';

const alert = (to: string, type: string): Alert => ({ to, type, messageId: `${to}${type}` });
const received = [alert('a@x', 'EMERGENCY_STOP'), alert('b@x', 'TRADE_EXECUTED'), alert('a@x', 'EMERGENCY_STOP')];

test('who has no alert of a type is named', async () => {
  expect(await unalerted(() => received, ['a@x', 'b@x'], 'EMERGENCY_STOP', 0)).toEqual(['b@x']);
});

test('alerts that came again under the same id are copies', () => {
  expect(copies(received)).toBe(1);
});
