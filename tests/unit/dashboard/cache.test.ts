import { merged } from '../../../dashboard/src/stream/cache.js';

const any = () => true;

test('new entries stand in front, the newest first, and known ones are replaced where they are', () => {
  const items = [
    { id: 'b', v: 1 },
    { id: 'a', v: 1 },
  ];
  const entries = [
    { id: 'a', v: 2 },
    { id: 'c', v: 1 },
    { id: 'd', v: 1 },
  ];
  expect(merged(items, entries, any)).toEqual([
    { id: 'd', v: 1 },
    { id: 'c', v: 1 },
    { id: 'b', v: 1 },
    { id: 'a', v: 2 },
  ]);
});

test('an entry that no longer fits leaves the list, and one that never did stays out', () => {
  const open = ({ v }: { id: string; v: number }) => v > 0;
  expect(
    merged(
      [{ id: 'a', v: 1 }],
      [
        { id: 'a', v: 0 },
        { id: 'b', v: 0 },
      ],
      open,
    ),
  ).toEqual([]);
});

test('an event that comes twice is there once', () => {
  const entry = { id: 'a', v: 1 };
  expect(merged(merged([], [entry], any), [entry, entry], any)).toEqual([entry]);
});
