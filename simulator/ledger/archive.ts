import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { putLatest } from '../../adapters/latest.js';

/** Texts that are not needed at hand. */
export interface Store {
  /** @throws where the text cannot be kept; nothing is kept of it then */
  put(text: string): Place;
  get(place: Place): string;
  close(): void;
}
export interface Place {
  at: number;
  bytes: number;
}

/** In a file without a name, which goes with the process: the journal holds everything, and is read at each start. */
export function openStore(folder: string): Store {
  const path = join(folder, `put-aside-${process.pid}`);
  const file = openSync(path, 'w+', 0o600);
  rmSync(path);
  let end = 0;
  return {
    put(text) {
      const content = Buffer.from(text);
      for (let done = 0; done < content.length; ) done += writeSync(file, content, done, undefined, end + done);
      const place = { at: end, bytes: content.length };
      end += content.length;
      return place;
    },
    get({ at, bytes }) {
      const content = Buffer.alloc(bytes);
      for (let done = 0; done < bytes; ) {
        const read = readSync(file, content, done, bytes - done, at + done);
        if (read === 0) throw new Error(`the file of what was put aside ends at ${at + done}`);
        done += read;
      }
      return content.toString();
    },
    close: () => closeSync(file),
  };
}

interface Item {
  id: number;
  time: number;
}
/** What is asked for; each bound inclusive, none = all. */
export interface Wanted {
  fromId?: number | undefined;
  toId?: number | undefined;
  /** Market time, ms. */
  from?: number | undefined;
  to?: number | undefined;
  /** An order's or list's client id, or the order of a trade. */
  tag?: string | undefined;
  /** At least the newest so many, where there are as many; all others may be left out. */
  last?: number | undefined;
}

export interface Form<T> {
  encode(item: T): unknown;
  decode(row: never): T;
  tag(item: T): string;
}

export interface Archive<T> {
  /** @throws as the store does; nothing has been added then */
  add(items: readonly T[]): void;
  /** In rising order of their ids. */
  read(wanted?: Wanted): T[];
}

interface Block {
  place: Place;
  ids: Span;
  /** The highest id of this and all earlier blocks. */
  upTo: number;
  times: Span;
  tags: Uint32Array;
}
type Span = readonly [least: number, most: number];

/** So many go out of memory together. */
export const BLOCK = 50;
/** Whoever asks for one goes on to the next: the blocks that were read last stay at hand, of all archives together. */
const BLOCKS_AT_HAND = 8;

/** What has ended and changes no more, in blocks outside of memory: some bytes of each stay, by which it is found. */
export function createArchives(store: Store) {
  const atHand = new Map<number, readonly unknown[]>();

  function open<T>(place: Place, decode: (row: never) => T): readonly T[] {
    const items = (atHand.get(place.at) as readonly T[] | undefined) ?? parse(store.get(place)).map(decode);
    putLatest(atHand, place.at, items, BLOCKS_AT_HAND);
    return items;
  }

  return function createArchive<T extends Item>({ encode, decode, tag }: Form<T>): Archive<T> {
    const blocks: Block[] = [];
    const fit = fits(tag);
    const blockOf = (items: readonly T[], before: Block | undefined): Block => {
      const ids = span(items.map(({ id }) => id));
      return {
        place: store.put(JSON.stringify(items.map(encode))),
        ids,
        upTo: Math.max(ids[1], before?.upTo ?? 0),
        times: span(items.map(({ time }) => time)),
        tags: Uint32Array.from(items, (item) => hash(tag(item))),
      };
    };
    return {
      add(items) {
        const fresh: Block[] = [];
        for (let i = 0; i < items.length; i += BLOCK)
          fresh.push(blockOf(items.slice(i, i + BLOCK), fresh.at(-1) ?? blocks.at(-1)));
        blocks.push(...fresh);
      },
      read(wanted = {}) {
        const tagged = wanted.tag === undefined ? undefined : hash(wanted.tag);
        const { last = Infinity } = wanted;
        const found: T[] = [];
        for (let i = blocks.length - 1; i >= 0; i--) {
          const { ids, times, tags, place, upTo } = blocks[i] as Block;
          // What rested for long lies in a later block than younger items.
          if (found.length >= last && found.filter(({ id }) => id > upTo).length >= last) break;
          if (!meets(ids, wanted.fromId, wanted.toId) || !meets(times, wanted.from, wanted.to)) continue;
          if (tagged !== undefined && !tags.includes(tagged)) continue;
          found.push(...open(place, decode).filter((item) => fit(item, wanted)));
        }
        return found.sort(byId);
      },
    };
  };
}
export type Archives = ReturnType<typeof createArchives>;

export const fits =
  <T extends Item>(tag: (item: T) => string) =>
  (item: T, wanted: Wanted): boolean =>
    meets([item.id, item.id], wanted.fromId, wanted.toId) &&
    meets([item.time, item.time], wanted.from, wanted.to) &&
    (wanted.tag === undefined || tag(item) === wanted.tag);

export const byId = (a: Item, b: Item): number => a.id - b.id;

const meets = ([least, most]: Span, from = -Infinity, to = Infinity): boolean => most >= from && least <= to;
const span = (values: number[]): Span => [Math.min(...values), Math.max(...values)];
const parse = (text: string) => JSON.parse(text) as never[];

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
