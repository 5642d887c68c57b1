import { amountOf } from './amounts.js';
import { createMarketClock, type MarketClock } from './clock.js';
import { createFaultDesk } from './faults/desk.js';
import { createLag } from './faults/lag.js';
import { createArchives, type Store } from './ledger/archive.js';
import type { Journal, MarketState, Restored } from './ledger/journal.js';
import { createLedger, type LedgerEvent } from './ledger/ledger.js';
import { isOpen } from './ledger/types.js';
import type { MarketSource, PriceShift } from './market/source.js';
import { createEngine } from './matching/engine.js';
import { activatePending } from './matching/lists.js';
import type { Placing } from './matching/place.js';

export interface ExchangeSetup {
  journal: Journal;
  restored: Restored;
  /** For what has ended, out of memory. */
  store: Store;
  source: MarketSource;
  anchor: number;
  firstTime: number;
  startSpeed: number;
  realNow: () => number;
}

/** The journal is rewritten without its history of changes when it has grown to this size, in bytes. */
const COMPACT_AT = 48 * 1024 * 1024;
/** After an outage at speed 1 the market is walked through; longer ones are skipped. */
const WALK_AT_MOST = 7 * 86_400_000;

/**
 * The exchange without its network: market time, prices, accounts and matching. Everything is synchronous: whoever calls
 * `advance()` and then acts does so at one moment of market time, and nothing can come in between.
 */
export function createExchange(setup: ExchangeSetup) {
  const { journal, restored, store, source, realNow } = setup;
  const listeners = new Set<(events: LedgerEvent[]) => void>();
  const ticks = new Set<(marketTime: number) => void>();
  const faults = createFaultDesk(realNow);
  const lag = createLag(faults, realNow);
  listeners.add(lag.note);
  const ledger = createLedger(journal, createArchives(store), (events) => {
    for (const listener of listeners) listener(events);
  });
  const engine = createEngine(ledger, faults.matching);
  const placing: Placing = { ledger, engine, average, isOpen: () => source.isOpen?.() ?? true };
  engine.onWorkingFilled((list, working) => activatePending(placing, list, working));

  const shifts: PriceShift[] = [];
  const { clock, state } = restore();
  let reached = clock.now();
  for (const rules of source.symbols())
    engine.open(rules, source.priceAt(rules.symbol, reached), reached, source.minuteVolume(rules.symbol));
  for (const order of ledger.orders.values()) if (isOpen(order) && source.rules(order.symbol)) engine.queue(order);
  if (state.startSpeed === 1 && !state.paused) catchUp();

  /** Reads the journal back: accounts, price shifts, and the clock, which goes on from the last moment anyone saw. */
  function restore(): { clock: MarketClock; state: MarketState } {
    let market: MarketState | undefined;
    for (const line of restored.lines) {
      ledger.restore(line);
      if (line.p) {
        source.shift(line.p);
        shifts.push(line.p);
      }
      if (line.m) market = line.m;
    }
    const same = market?.startSpeed === setup.startSpeed;
    const fresh = { anchor: setup.anchor, startSpeed: setup.startSpeed, speed: setup.startSpeed, paused: false };
    const kept: MarketState = market && same ? market : { ...fresh, anchor: market?.anchor ?? fresh.anchor };
    const live = setup.startSpeed === 1;
    const begin = Math.max(
      restored.time,
      live && (restored.time === 0 || realNow() - restored.time > WALK_AT_MOST) ? realNow() : setup.firstTime,
    );
    restored.lines = [];
    journal.write({ t: begin, m: kept });
    return { clock: createMarketClock(begin, kept.speed, kept.paused, realNow), state: kept };
  }

  /** At speed 1 market time is the present, also after the process was away. */
  function catchUp(): void {
    if (clock.speed() === 1) clock.jumpTo(realNow());
    advance();
  }

  /** Brings prices and resting orders up to market time; returns it. Every request begins with this. */
  function advance(): number {
    const now = clock.now();
    if (now <= reached) return reached;
    for (const rules of source.symbols()) engine.move(rules.symbol, source.path(rules.symbol, reached, now));
    reached = now;
    journal.noteTime(now);
    ledger.commit(now);
    for (const tick of ticks) tick(now);
    return now;
  }

  /** Walks to a later market time at once, a day at a time so that streams and memory keep up. */
  function runTo(time: number): number {
    while (reached < time) {
      clock.jumpTo(Math.min(time, reached + 86_400_000));
      advance();
    }
    return reached;
  }

  function average(symbol: string): bigint {
    let sum = 0;
    for (let minute = 0; minute < 5; minute++) sum += source.priceAt(symbol, reached - minute * 60_000);
    return amountOf(sum / 5);
  }

  function saveMarket(): void {
    state.speed = clock.speed();
    state.paused = clock.paused();
    journal.write({ t: reached, m: { ...state } });
  }

  /** Moves a price from now on, whatever the record says; resting orders meet it at once. */
  function shiftPrice(shift: PriceShift): void {
    advance();
    source.shift(shift);
    shifts.push(shift);
    journal.write({ t: reached, p: shift });
    engine.move(shift.symbol, [
      { time: reached, price: source.priceAt(shift.symbol, reached), continuous: shift.continuous },
    ]);
    ledger.commit(reached);
    for (const tick of ticks) tick(reached);
  }

  /** Where the disk is full, what has ended stays in memory. */
  function tidy(): void {
    try {
      ledger.tidy(lag.remembers);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  function compactIfLarge(): void {
    if (journal.size() < COMPACT_AT) return;
    compact();
  }
  function compact(): void {
    journal.compact(
      (function* () {
        yield { t: reached, m: { ...state } };
        for (const shift of shifts) yield { t: reached, p: shift };
        yield* ledger.snapshot(reached);
      })(),
    );
  }

  return {
    source,
    ledger,
    engine,
    placing,
    clock,
    faults,
    lag,
    advance,
    runTo,
    shiftPrice,
    saveMarket,
    compactIfLarge,
    compact,
    tidy,
    realNow,
    /** Market time up to which everything has happened. */
    time: () => reached,
    onEvents(listener: (events: LedgerEvent[]) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onTick(tick: (marketTime: number) => void): () => void {
      ticks.add(tick);
      return () => ticks.delete(tick);
    },
    close() {
      journal.close();
      store.close();
    },
  };
}
export type Exchange = ReturnType<typeof createExchange>;
