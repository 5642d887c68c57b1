import { CHANNELS, type ChannelName } from '../../trading/types.js';
import type { Channel, ChannelOptions } from './channel.js';
import { createDashboardChannel } from './dashboard.js';
import { createDiscordChannel } from './discord.js';
import { createEmailChannel } from './email.js';
import { PACES, paced } from './pace.js';
import { createTelegramChannel } from './telegram.js';

export { ChannelFailure } from './channel.js';
export type { Channel, ChannelOptions, Destination, Outgoing, Sent } from './channel.js';

export type ChannelFactory = (options: ChannelOptions) => Channel;

/** Every way to tell a user something, by name. A new one is a file, a line here and its name in trading/types.ts. */
export const CHANNEL_FACTORIES = {
  dashboard: createDashboardChannel,
  email: createEmailChannel,
  discord: createDiscordChannel,
  telegram: createTelegramChannel,
} satisfies Record<ChannelName, ChannelFactory>;

export type Channels = Record<ChannelName, Channel>;

/** All channels, paced so that no service is asked for more than it allows. Close them when the process ends. */
export function createChannels(options: ChannelOptions): Channels {
  return Object.fromEntries(CHANNELS.map((name) => [name, paced(CHANNEL_FACTORIES[name](options))])) as Channels;
}

export { PACES };
export { createFindDestination, sealAddress } from './addresses.js';
export type { FindDestination, KnownReader } from './addresses.js';
export { webhookUrl } from './discord.js';
export { isMailAddress, messageId } from './email.js';
export { isBotToken } from './telegram.js';
