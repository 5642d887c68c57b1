import { createSlots } from '../../../activities/orders/slots.js';

const gate = () => {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

test('no more run at once than there are slots, in the order of asking', async () => {
  const slots = createSlots(2);
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
  const slots = createSlots(1);
  await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(slots.run(() => Promise.resolve('yes'))).resolves.toBe('yes');
});

test('whoever is called off does not wait, and takes no slot from others', async () => {
  const slots = createSlots(1);
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
