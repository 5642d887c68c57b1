/**
 * A tree-structured Parzen estimator on the values of a grid (Bergstra, Bardenet, Bengio, Kégl: Algorithms for
 * Hyper-Parameter Optimization, NeurIPS 2011; joint over the parameters, as in Falkner, Klein, Hutter: BOHB, ICML 2018):
 * where the good trials lie dense and the others do not, the next ones are tried. Deterministic by its seed.
 */
import { combinations, generator, type Grid, indexOf, placesOf, productOf, sizesOf } from './trials.js';

/** A trial that was judged: its place in the grid, and how well it did; null where it has no score, the worst of all. */
export interface Judged {
  index: number;
  score: number | null;
}

/** Share of the trials that count as good, and the most of them. */
const GOOD_SHARE = 0.15;
const MOST_GOOD = 25;
const LEAST_GOOD = 4;
/** Places that are drawn from where the good lie, of which the most promising is proposed. */
const CANDIDATES = 64;
/** Weight of "anywhere" beside the trials, each of which weighs 1: no value is ever ruled out. */
const PRIOR = 1;
/** Kernels are never narrower than this, in steps of a parameter's values. */
const LEAST_WIDTH = 0.6;

/**
 * The next trials to make, all different and none of those judged; fewer where the grid has no more. Each is taken for a
 * bad one while the next is chosen, so that a round does not crowd on one place.
 */
export function proposeTrials(grid: Grid, judged: readonly Judged[], count: number, seed: number): number[] {
  const sizes = sizesOf(grid);
  const random = generator(seed);
  const known = new Set(judged.map(({ index }) => index));
  const wanted = Math.min(count, combinations(grid) - known.size);
  const { good, bad } = split(judged);
  const places = (trials: readonly Judged[]): number[][] => trials.map(({ index }) => placesOf(sizes, index));
  const liked = density(sizes, places(good));
  const others = places(bad);
  const proposed: number[] = [];
  while (proposed.length < wanted) {
    const disliked = density(sizes, others);
    const best = mostPromising(liked, disliked, sizes, known, random) ?? anyOther(sizes, known, random);
    proposed.push(best);
    known.add(best);
    others.push(placesOf(sizes, best));
  }
  return proposed;
}

/** The best part, and the rest; of equal scores the earlier place in the grid is the better, whatever the order given. */
function split(judged: readonly Judged[]): { good: Judged[]; bad: Judged[] } {
  const worst = Number.NEGATIVE_INFINITY;
  const ranked = [...judged].sort((a, b) => (b.score ?? worst) - (a.score ?? worst) || a.index - b.index);
  const share = Math.min(MOST_GOOD, Math.max(LEAST_GOOD, Math.ceil(GOOD_SHARE * ranked.length)));
  const scored = ranked.filter(({ score }) => score !== null).length;
  const good = ranked.slice(0, Math.min(share, scored));
  return { good, bad: ranked.slice(good.length) };
}

interface Density {
  at(places: readonly number[]): number;
  draw(random: () => number): number[];
}

/** Kernels around the trials' places, each the product of one a parameter, and a flat one over all. */
function density(sizes: readonly number[], trials: readonly number[][]): Density {
  const kernels = sizes.map((size, parameter) =>
    kernelsOf(
      size,
      trials.map((places) => places[parameter]!),
    ),
  );
  const flat = PRIOR / productOf(sizes);
  return {
    at(places) {
      let sum = flat;
      for (const trial of trials) {
        let product = 1;
        for (let p = 0; p < sizes.length; p++) product *= kernels[p]![trial[p]!]![places[p]!]!;
        sum += product;
      }
      return sum / (trials.length + PRIOR);
    },
    draw(random) {
      const chosen = Math.floor(random() * (trials.length + PRIOR));
      return sizes.map((size, p) => {
        const drawn = random();
        const trial = trials[chosen];
        return trial ? drawFrom(kernels[p]![trial[p]!]!, drawn) : Math.floor(drawn * size);
      });
    },
  };
}

/** For each place that a trial has, the chances of all places of that parameter; a normal bell on the steps, summing up to 1. */
function kernelsOf(size: number, places: readonly number[]): Float64Array[] {
  const mean = places.reduce((sum, place) => sum + place, 0) / Math.max(1, places.length);
  const variance = places.reduce((sum, place) => sum + (place - mean) ** 2, 0) / Math.max(1, places.length);
  // Scott's rule for this one dimension of several.
  const width = Math.max(LEAST_WIDTH, Math.sqrt(variance) * Math.max(1, places.length) ** -0.2);
  const kernels: Float64Array[] = [];
  for (const centre of new Set(places)) {
    const bell = Float64Array.from({ length: size }, (_, place) => Math.exp(-0.5 * ((place - centre) / width) ** 2));
    const total = bell.reduce((sum, each) => sum + each, 0);
    kernels[centre] = bell.map((each) => each / total);
  }
  return kernels;
}

function drawFrom(chances: Float64Array, drawn: number): number {
  let sum = 0;
  for (let place = 0; place < chances.length; place++) {
    sum += chances[place]!;
    if (drawn < sum) return place;
  }
  return chances.length - 1;
}

/** Of places drawn from where the good lie, the one where the good outweigh the others most; null where all are known. */
function mostPromising(
  liked: Density,
  disliked: Density,
  sizes: readonly number[],
  known: ReadonlySet<number>,
  random: () => number,
): number | null {
  let best: number | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (let drawn = 0; drawn < CANDIDATES; drawn++) {
    const places = liked.draw(random);
    const index = indexOf(sizes, places);
    if (known.has(index)) continue;
    const promise = liked.at(places) / disliked.at(places);
    if (promise <= most) continue;
    most = promise;
    best = index;
  }
  return best;
}

/** The next place from anywhere on that is not known; there is one. */
function anyOther(sizes: readonly number[], known: ReadonlySet<number>, random: () => number): number {
  const total = productOf(sizes);
  let index = Math.floor(random() * total);
  while (known.has(index)) index = (index + 1) % total;
  return index;
}
