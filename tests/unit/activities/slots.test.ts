import { createSlots } from '../../../activities/orders/slots.js';

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
