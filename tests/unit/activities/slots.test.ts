import { createPlaces, createRoom, createSlots } from '../../../activities/orders/slots.js';

const gate = () => {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

test('no more run at once than there are slots, in the order of asking', async () => {
  const slots = createSlots(() => 2);
  const begun: number[] = [];
  const gates = [gate(), gate(), gate(), gate()];
  const runs = gates.map(({ opened }, index) =>
    slots.run(async () => {
      begun.push(index);
      await opened;
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  gates[1]!.open();
  await runs[1];
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  for (const { open } of gates) open();
  await Promise.all(runs);
  expect(begun).toEqual([0, 1, 2, 3]);
});

test('a slot is given back by work that fails', async () => {
  const slots = createSlots(() => 1);
  await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(slots.run(() => Promise.resolve('yes'))).resolves.toBe('yes');
});

test('whoever is called off does not wait, and takes no slot from others', async () => {
  const slots = createSlots(() => 1);
  const first = gate();
  const held = slots.run(() => first.opened);
  const called = new AbortController();
  const off = slots.run(() => Promise.resolve('called off'), called.signal);
  const next = slots.run(() => Promise.resolve('next'));
  called.abort();
  await expect(off).resolves.toBe('called off');
  first.open();
  await held;
  await expect(next).resolves.toBe('next');
  await expect(slots.run(() => Promise.resolve('again'))).resolves.toBe('again');
  const late = new AbortController();
  late.abort();
  await expect(slots.run(() => Promise.resolve('at once'), late.signal)).resolves.toBe('at once');
});

test('whoever takes long passes the slot on once, where the machine has room', async () => {
  let count = 1;
  const slots = createSlots(() => count, 5);
  const [slow, busy] = [gate(), gate()];
  const first = slots.run(() => slow.opened);
  await expect(slots.run(() => Promise.resolve('not kept waiting'))).resolves.toBe('not kept waiting');
  slow.open();
  await first;
  expect(slots.underWay()).toBe(0);
  count = 2;
  const held = slots.run(() => busy.opened);
  count = 1;
  let served = false;
  const waiting = slots.run(() => Promise.resolve((served = true)));
  await new Promise((next) => setTimeout(next, 30));
  expect(served).toBe(false);
  busy.open();
  await Promise.all([held, waiting]);
  expect(slots.underWay()).toBe(0);
});

test('whoever has waited long enough goes on without a slot, and says so', async () => {
  const slots = createSlots(() => 1);
  const first = gate();
  const held = slots.run(() => first.opened);
  await expect(slots.run((hasSlot) => Promise.resolve(hasSlot), undefined, 5)).resolves.toBe(false);
  const patient = slots.run((hasSlot) => Promise.resolve(hasSlot), undefined, 60_000);
  first.open();
  await held;
  await expect(patient).resolves.toBe(true);
});

test('where there are fewer slots than before none is given on until enough have ended, and again where there are more', async () => {
  let count = 3;
  const slots = createSlots(() => count);
  const gates = Array.from({ length: 6 }, gate);
  const begun: number[] = [];
  const runs = gates.map(({ opened }, index) =>
    slots.run(async () => {
      begun.push(index);
      await opened;
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  count = 1;
  for (const index of [0, 1]) {
    gates[index]!.open();
    await runs[index];
  }
  expect(begun).toEqual([0, 1, 2]);
  gates[2]!.open();
  await runs[2];
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2, 3]);
  count = 2;
  gates[3]!.open();
  await runs[3];
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  for (const { open } of gates.slice(4)) open();
  await Promise.all(runs);
});

test('places are promised to as many as run or are served next, and to nobody beyond', async () => {
  let now = 0;
  const places = createPlaces(
    () => 1,
    () => now,
  );
  const first = gate();
  expect(places.promise('a')).toBe(true);
  expect(places.promise('a')).toBe(true);
  const held = places.run('a', () => first.opened);
  expect(places.promise('b')).toBe(true);
  expect(places.promise('c')).toBe(false);
  const next = places.run('b', (hasSlot) => Promise.resolve(hasSlot));
  expect(places.promise('c')).toBe(false);
  first.open();
  await held;
  await expect(next).resolves.toBe(true);
  expect(places.promise('c')).toBe(true);
  expect(places.promise('d')).toBe(true);
  expect(places.promise('e')).toBe(false);
  // Whose step another worker has, or never comes, holds no place for long.
  now = 3_001;
  expect(places.promise('e')).toBe(true);
});

test('there is less room with every second in which the machine is full, and by and by more where it is not', () => {
  let now = 0;
  let load = 1;
  const room = createRoom(
    { most: 12, least: 2 },
    () => load,
    () => now,
  );
  const after = (ms: number): number => {
    now += ms;
    return room();
  };
  expect(room()).toBe(12);
  expect(after(999)).toBe(12);
  expect([1, 1_000, 1_000, 1_000, 1_000, 1_000].map(after)).toEqual([9, 6, 4, 3, 2, 2]);
  load = 0.7;
  expect(after(5_000)).toBe(2);
  load = 0.5;
  expect(after(1_000)).toBe(3);
  expect(after(2_500)).toBe(5);
  expect(after(60_000)).toBe(12);
});

test('what the machine leaves is measured: a thread that never pauses counts as full', () => {
  const room = createRoom({ most: 4, least: 1 });
  const until = performance.now() + 1_100;
  while (performance.now() < until);
  expect(room()).toBe(3);
});
