/** Which combinations a search tries. A trial is an index into the grid, so that a plan is a list of numbers. */
export type Grid = Readonly<Record<string, readonly number[]>>;

/** How many values each parameter has. */
export const sizesOf = (grid: Grid): number[] => Object.values(grid).map(({ length }) => length);

/** How many combinations the grid has. */
export const combinations = (grid: Grid): number => productOf(sizesOf(grid));
export const productOf = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1);

/** The combination with that index. */
export function combination(grid: Grid, index: number): Record<string, number> {
  const places = placesOf(sizesOf(grid), index);
  return Object.fromEntries(Object.entries(grid).map(([name, values], place) => [name, values[places[place]!]!]));
}

/** Places of the parameters' values in the combination with that index: the last parameter changes fastest. */
export function placesOf(sizes: readonly number[], index: number): number[] {
  const places = new Array<number>(sizes.length);
  let rest = index;
  for (let p = sizes.length - 1; p >= 0; p--) {
    places[p] = rest % sizes[p]!;
    rest = Math.floor(rest / sizes[p]!);
  }
  return places;
}

export const indexOf = (sizes: readonly number[], places: readonly number[]): number =>
  places.reduce((index, place, p) => index * sizes[p]! + place, 0);

/** All indices, or `most` different ones drawn evenly; the same seed draws the same. Ascending. */
export function chooseTrials(total: number, most: number, seed: number): number[] {
  if (total <= most) return Array.from({ length: total }, (_, index) => index);
  // Floyd's sampling: as many draws as there are trials, whatever the size of the grid.
  const random = generator(seed);
  const chosen = new Set<number>();
  for (let last = total - most; last < total; last++) {
    const drawn = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(drawn) ? last : drawn);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** Uniform numbers from 0 to 1 with 53 bits, from a 32-bit mixing counter. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}
