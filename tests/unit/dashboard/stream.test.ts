import fc from 'fast-check';
import { createParser, type ServerEvent } from '../../../dashboard/src/stream/parser.js';

function parse(pieces: readonly string[]): ServerEvent[] {
  const events: ServerEvent[] = [];
  const feed = createParser((event) => events.push(event));
  for (const piece of pieces) feed(piece);
  return events;
}

test('an event has its id, its name and its data of several lines', () => {
  expect(parse(['id: 7\nevent: log\ndata: {"a":1,\ndata: "b":2}\n\n'])).toEqual([
    { id: '7', event: 'log', data: '{"a":1,\n"b":2}' },
  ]);
});

test('comments and empty events are nothing; an id holds until the next', () => {
  expect(parse([': ping\n\nid: 1\ndata: x\n\n\n\ndata: y\n\n'])).toEqual([
    { id: '1', event: 'message', data: 'x' },
    { id: '1', event: 'message', data: 'y' },
  ]);
});

test('an event that was not finished is not told', () => {
  expect(parse(['data: half'])).toEqual([]);
});

test('wherever the stream is cut into pieces, the same events come out', () => {
  const text = fc.stringMatching(/^[a-z ]{0,12}$/);
  const event = fc.record({
    id: fc.nat({ max: 999 }),
    name: fc.constantFrom('log', 'status'),
    data: fc.array(text, { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat({ max: 200 })),
      (events, end, cuts) => {
        const whole = events
          .map(({ id, name, data }) =>
            [`id: ${id}`, `event: ${name}`, ...data.map((line) => `data: ${line}`), '', ''].join(end),
          )
          .join('');
        const places = [...new Set(cuts.filter((cut) => cut < whole.length))].sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, index) => whole.slice(from, places[index] ?? whole.length));
        expect(parse(pieces)).toEqual(parse([whole]));
        expect(parse([whole])).toHaveLength(events.length);
      },
    ),
  );
});
