/** Work of one kind in lots: who asks while a lot is under way goes with the next one, and nobody waits for company. */
import { soonOr } from './within.js';

export interface LotLimits {
  /** Of one lot; what is more goes with the next. */
  most: number;
  /** A lot that takes longer keeps nobody waiting any more: the next one goes beside it. */
  patienceMs: number;
}

interface Asked<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * @param send one lot, in the order in which it was asked for. It may be called again with a single item of a lot that
 *   failed: what is wrong with one fails only that one
 * @returns asks for one item; throws what `send` threw for it
 */
export function inLots<Item, Result>(
  send: (items: readonly Item[]) => Promise<readonly Result[]>,
  { most, patienceMs }: LotLimits,
): (item: Item) => Promise<Result> {
  const waiting: Asked<Item, Result>[] = [];
  let isUnderWay = false;

  async function goOn(): Promise<void> {
    // Whoever asks in this turn of the loop goes along.
    await new Promise((next) => setImmediate(next));
    while (waiting.length > 0) await soonOr(deliver(send, waiting.splice(0, most)), patienceMs, undefined);
    isUnderWay = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isUnderWay) return;
      isUnderWay = true;
      void goOn();
    });
}

async function deliver<Item, Result>(
  send: (items: readonly Item[]) => Promise<readonly Result[]>,
  lot: readonly Asked<Item, Result>[],
): Promise<void> {
  try {
    const results = await send(lot.map(({ item }) => item));
    for (const [index, { resolve }] of lot.entries()) resolve(results[index]!);
  } catch (error) {
    if (lot.length === 1) lot[0]!.reject(error);
    else await Promise.all(lot.map((one) => deliver(send, [one])));
  }
}
