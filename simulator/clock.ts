/** Market time: runs at `speed` times real time, can be paused, stepped and set to another speed. It never goes back. */
export interface MarketClock {
  /** Market time now, whole ms. */
  now(): number;
  speed(): number;
  paused(): boolean;
  setSpeed(speed: number): void;
  setPaused(paused: boolean): void;
  /** Puts the clock forward to `time`; earlier times are ignored. */
  jumpTo(time: number): void;
}

/** @param realNow the machine's clock, ms; only differences are used */
export function createMarketClock(start: number, speed: number, paused: boolean, realNow: () => number): MarketClock {
  let base = start;
  let since = realNow();
  const read = () => (paused ? base : base + Math.max(0, realNow() - since) * speed);
  const rebase = () => {
    base = read();
    since = realNow();
  };
  return {
    now: () => Math.floor(read()),
    speed: () => speed,
    paused: () => paused,
    setSpeed(value) {
      rebase();
      speed = value;
    },
    setPaused(value) {
      rebase();
      paused = value;
    },
    jumpTo(time) {
      rebase();
      base = Math.max(base, time);
    },
  };
}
