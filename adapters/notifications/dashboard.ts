import type { Channel } from './channel.js';

/** The dashboard reads what is stored: once the notification's document is written, this channel has delivered. */
export function createDashboardChannel(): Channel {
  return {
    name: 'dashboard',
    send: () => Promise.resolve({ answer: 'stored' }),
    close: () => Promise.resolve(),
  };
}
