/** What activities are given; worker/dependencies.ts assembles it, tests hand in their own. */
import type { Client } from '@temporalio/client';
import type { Analyst } from '../adapters/analyst/analyst.js';
import type { Repositories } from '../adapters/database/repositories.js';
import type { TradingVenue } from '../adapters/exchange/createVenues.js';
import type { AccountExchange } from '../adapters/exchange/port.js';
import type { ModelSilence } from '../adapters/training/scorer.js';
import type { WithoutModel } from '../trading/signals/index.js';
import type { CandleColumns, ModelContribution, Timeframe, VenueMode } from '../trading/types.js';
import type { EventToSend } from './types.js';

/** Where one mode's orders go: paper and live are two of these, of one code. */
export type Venue = TradingVenue;

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ActivityDependencies {
  repositories: Repositories;
  /** Throws NotSupportedByVenue for a mode that this deployment doesn't serve. */
  venue(mode: VenueMode): Venue;
  client: Client;
  /**
   * Stores one event for the user, and starts the durable delivery of what goes beyond the dashboard; the same event id
   * twice is one message. False where the database did not take it within `patienceMs` (1000): then the delivery stores it.
   */
  notify(userId: string, event: EventToSend, patienceMs?: number): Promise<boolean>;
  /** This worker acts for the user: from now on their stream is listened to. */
  watch?(userId: string, mode: VenueMode): void;
  /** The model in use on a symbol's closed candles, or why none speaks. */
  scorer?(symbol: string, timeframe: Timeframe, candles: CandleColumns): ModelOpinion | ModelSilence;
  /** What becomes of an entry where none speaks. */
  withoutModel: WithoutModel;
  /** A configured second opinion (adapters/analyst), off by default. */
  analyst?: Analyst;
  log: Log;
  /** Real time, ms. */
  now(): number;
}

export interface ModelOpinion {
  /** Of target before stop, 0 to 1. */
  probability: number;
  version: string;
  /** Its top contributions, in words and in figures. */
  reasons: string[];
  contributions?: ModelContribution[];
}

export interface UserAccount {
  venue: Venue;
  exchange: AccountExchange;
}

export async function accountOf(deps: ActivityDependencies, userId: string, mode: VenueMode): Promise<UserAccount> {
  const venue = deps.venue(mode);
  return { venue, exchange: venue.exchange.account(await venue.key(userId)) };
}
