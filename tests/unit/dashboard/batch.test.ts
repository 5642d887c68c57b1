import { jest } from '@jest/globals';
import { createBatch } from '../../../dashboard/src/stream/batch.js';

const event = (name: string, data: string) => ({ id: null, event: name, data });

function watched() {
  const told: string[] = [];
  const batch = createBatch((events) => told.push(events.map(({ data }) => data).join(' ')));
  return { told, send: (name: string, data: string) => batch(event(name, data)) };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('what comes together is told together, and what comes on is told at most every 80 ms', () => {
  const { told, send } = watched();
  send('log', 'a');
  send('market', 'b');
  jest.advanceTimersByTime(10);
  expect(told).toEqual(['a b']);
  send('log', 'c');
  jest.advanceTimersByTime(40);
  send('log', 'd');
  expect(told).toEqual(['a b']);
  jest.advanceTimersByTime(40);
  expect(told).toEqual(['a b', 'c d']);
});

test('a trade is told before what came with it, which follows within 80 ms', () => {
  const { told, send } = watched();
  send('market', 'price');
  send('trade', 'fill');
  send('log', 'line');
  jest.advanceTimersByTime(1);
  expect(told).toEqual(['fill']);
  jest.advanceTimersByTime(80);
  expect(told).toEqual(['fill', 'price line']);
});

test('trades without end do not keep the rest waiting', () => {
  const { told, send } = watched();
  send('log', 'line');
  for (let fill = 0; fill < 10; fill++) {
    send('trade', `fill${fill}`);
    jest.advanceTimersByTime(20);
  }
  jest.advanceTimersByTime(200);
  expect(told.indexOf('line')).toBeGreaterThan(0);
  expect(told.indexOf('line')).toBeLessThan(3);
  expect(told.length).toBeLessThan(6);
  const fills = told.filter((each) => each.startsWith('fill')).join(' ');
  expect(fills).toBe(Array.from({ length: 10 }, (_, fill) => `fill${fill}`).join(' '));
});
