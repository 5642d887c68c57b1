/**
 * The windows of `windows.ts` along columns, a block of rows at a time, equal to the bit to what a stream says after each
 * value. Values are read where they lie: nothing is pushed and no ring is kept.
 */
export interface BlockWindow {
  /**
   * Goes on over `count` rows from `row` on, which is the row after the last one filled. `values` holds row `row` at
   * `start`, and before it the `size` rows that precede it, or all there are. The results go into `out` from 0 on.
   */
  fill(values: Float64Array, start: number, row: number, count: number): void;
}

/** Sums of the last `size` values. */
export function blockSum(size: number, out: Float64Array): BlockWindow {
  let total = 0;
  return {
    fill(values, start, row, count) {
      for (let done = 0; done < count; ) {
        const at = start + done;
        const untilTurn = size - ((row + done) % size);
        const most = Math.min(untilTurn, count - done);
        // In the first turn nothing leaves the window yet.
        total = addUp(values, at, row + done < size ? 0 : size, most, total, out, done);
        done += most;
        // The stream makes its sum afresh once per turn.
        if (most === untilTurn) out[done - 1] = total = sumOf(values, start + done - size, start + done);
      }
    },
  };
}

function addUp(
  values: Float64Array,
  from: number,
  size: number,
  count: number,
  before: number,
  out: Float64Array,
  place: number,
): number {
  let total = before;
  for (let k = 0; k < count; k++) {
    total += size === 0 ? values[from + k]! : values[from + k]! - values[from + k - size]!;
    out[place + k] = total;
  }
  return total;
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at++) total += values[at]!;
  return total;
}

/**
 * The largest of the last `size` values, by van Herk and Gil-Werman: rows are cut into stretches of `size`; a window is
 * the end of one and the beginning of the next, so that three comparisons a value are enough, whatever the size.
 */
export function blockLargest(size: number, out: Float64Array): BlockWindow {
  /** Of the stretch before: the largest from each of its places to its end. */
  const tails = new Float64Array(size + 1).fill(Number.NEGATIVE_INFINITY);
  let head = Number.NEGATIVE_INFINITY;
  return {
    fill(values, start, row, count) {
      for (let done = 0; done < count; ) {
        const place = (row + done) % size;
        const most = Math.min(size - place, count - done);
        if (place === 0) {
          if (row + done > 0) takeTails(values, start + done - size, tails);
          head = Number.NEGATIVE_INFINITY;
        }
        head = largestOf(values, start + done, most, head, tails, place, out, done);
        done += most;
      }
    },
  };
}

function largestOf(
  values: Float64Array,
  from: number,
  count: number,
  before: number,
  tails: Float64Array,
  place: number,
  out: Float64Array,
  to: number,
): number {
  let head = before;
  for (let k = 0; k < count; k++) {
    const value = values[from + k]!;
    if (value > head) head = value;
    const tail = tails[place + k + 1]!;
    out[to + k] = tail > head ? tail : head;
  }
  return head;
}

function takeTails(values: Float64Array, from: number, tails: Float64Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let place = tails.length - 2; place >= 0; place--) {
    const value = values[from + place]!;
    if (value > largest) largest = value;
    tails[place] = largest;
  }
}
