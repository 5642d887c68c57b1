/** What the API is given; api/main.ts assembles it, tests hand in their own. */
import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { Database } from '../adapters/database/connect.js';
import type { Repositories } from '../adapters/database/repositories.js';
import type { TradingVenue } from '../adapters/exchange/createVenues.js';
import type { Logger } from '../adapters/log.js';
import type { SignInPolicy } from '../adapters/settings.js';
import type { Channels } from '../adapters/notifications/index.js';
import type { MasterKeys } from '../adapters/secrets/master-keys.js';
import type { TradingConfig, VenueMode } from '../trading/types.js';

/** Where one mode's orders go, for what the API shows of it. */
export type ApiVenue = TradingVenue;

export interface ApiDependencies {
  database: Database;
  repositories: Repositories;
  keys: MasterKeys;
  client: Client;
  /** Throws NotSupportedByVenue for a mode that this deployment doesn't serve. */
  venue(mode: VenueMode): ApiVenue;
  channels: Channels;
  mailIsSetUp: boolean;
  signInPolicy: SignInPolicy;
  /** New users' settings. */
  defaults: TradingConfig;
  log: Logger;
  version: string;
  /** Under which users come, without a trailing slash; decides on Secure cookies and allowed hosts. */
  publicUrl?: string | undefined;
  /** Whose word counts on who asks (loopback's, unless given). */
  trustedProxies?: readonly string[];
  /** Answer only to loopback's names and publicUrl: against DNS rebinding. */
  loopbackOnly: boolean;
  /** Temporal's Web UI, where there is one to link to. */
  temporalUiUrl?: string | undefined;
  /** Where payloads are encrypted: then `/codec` decrypts them for the Web UI. */
  codec?: PayloadCodec | undefined;
  /** Folder of the built dashboard. */
  dashboard: string;
  /** Requests a minute from one address or user (12000). */
  requestsPerMinute?: number;
}
