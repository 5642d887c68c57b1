/** The exchanges that the API looks at. */
import type { Repositories } from '../adapters/database/repositories.js';
import { createVenues, type Venues } from '../adapters/exchange/createVenues.js';
import type { Logger } from '../adapters/log.js';
import type { Settings } from '../adapters/settings.js';

/** Workers trade; pages take what is left of the address's request weight. */
export const API_WEIGHT_SHARE = 0.15;

/** The verdict on the data that pages show may lag a little: on a local exchange a candle lasts a second. */
const CANDLE_RETRY_MS = 1_500;

export const createApiVenues = (settings: Settings, { credentials }: Repositories, log: Logger): Venues =>
  createVenues({ settings, credentials, log, weightShare: API_WEIGHT_SHARE, candleRetryMs: CANDLE_RETRY_MS });
