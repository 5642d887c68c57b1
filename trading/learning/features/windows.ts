/**
 * Rolling windows with a constant cost per value. All have finite memory: what a window says depends on its last
 * `size` values only (up to rounding of the running sum), so a feature is the same whether the history before is
 * long or short. That is what lets live scoring start from a few hundred candles.
 */

export interface RollingSum {
  push(value: number): void;
  /** Sum over the last `size` values (fewer while filling). */
  sum(): number;
  mean(): number;
}

export function rollingSum(size: number): RollingSum {
  const ring = new Float64Array(size);
  let head = 0;
  let filled = 0;
  let total = 0;
  return {
    push(value) {
      total += value - ring[head]!;
      ring[head] = value;
      head = head + 1 === size ? 0 : head + 1;
      if (filled < size) filled++;
      // Once per turn the sum is made afresh, so that rounding never accumulates over a long history.
      if (head === 0) {
        total = 0;
        for (let i = 0; i < size; i++) total += ring[i]!;
      }
    },
    sum: () => total,
    mean: () => (filled === 0 ? 0 : total / filled),
  };
}

export interface RollingExtreme {
  push(value: number): void;
  value(): number;
}

/** Largest (`sign` 1) or smallest (`sign` -1) of the last `size` values, by a monotonic queue. */
export function rollingExtreme(size: number, sign: 1 | -1): RollingExtreme {
  const values = new Float64Array(size + 1);
  const times = new Float64Array(size + 1);
  const capacity = size + 1;
  let front = 0;
  let count = 0;
  let now = 0;
  const slot = (i: number) => (front + i) % capacity;
  return {
    push(value) {
      while (count > 0 && sign * values[slot(count - 1)]! <= sign * value) count--;
      values[slot(count)] = value;
      times[slot(count)] = now;
      count++;
      if (times[front]! <= now - size) {
        front = (front + 1) % capacity;
        count--;
      }
      now++;
    },
    value: () => values[front]!,
  };
}
