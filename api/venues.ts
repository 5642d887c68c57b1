/** The exchanges that the API looks at. */
import type { Repositories } from '../adapters/database/repositories.js';
import { createVenues, type Venues } from '../adapters/exchange/createVenues.js';
import type { Logger } from '../adapters/log.js';
import type { Settings } from '../adapters/settings.js';

/** Workers trade; pages take what is left of the address's request weight. */
const WEIGHT_SHARE = 0.15;

export const createApiVenues = (settings: Settings, { credentials }: Repositories, log: Logger): Venues =>
  createVenues({ settings, credentials, log, weightShare: WEIGHT_SHARE });
