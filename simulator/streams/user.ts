import type { WebSocket } from 'ws';
import type { Exchange } from '../exchange.js';
import { userEvent } from './events.js';

/** How long an event that is to arrive out of order waits for a later one, ms. */
const REORDER_WAIT = 500;
export const MOST_SUBSCRIPTIONS = 1_000;

export interface UserClient {
  socket: WebSocket;
  /** subscriptionId → account. */
  subscriptions: Map<number, string>;
  nextId: number;
}

/** User-data events to every connection that subscribed an account. */
export function createUserStreams(exchange: Exchange) {
  const clients = new Map<string, Set<UserClient>>();
  const held = new WeakMap<WebSocket, { text: string; timer: NodeJS.Timeout }>();

  const stop = exchange.onEvents((events) => {
    for (const event of events) {
      const account =
        event.kind === 'order' ? event.order.account : event.kind === 'list' ? event.list.account : event.account;
      const listening = clients.get(account);
      if (!listening || listening.size === 0) continue;
      const { payload } = userEvent(exchange.ledger, event);
      for (const client of listening)
        for (const [subscriptionId, owner] of client.subscriptions)
          if (owner === account) deliver(client.socket, account, JSON.stringify({ subscriptionId, event: payload }));
    }
  });

  function deliver(socket: WebSocket, account: string, text: string): void {
    const { faults } = exchange;
    if (!faults.active()) return release(socket, text);
    const target = { endpoint: 'stream:user', account };
    if (faults.draw(target, ['disconnect'])) return socket.terminate();
    if (faults.draw(target, ['drop-events'])) return;
    if (!held.has(socket) && faults.draw(target, ['reorder-events'])) {
      held.set(socket, { text, timer: setTimeout(() => release(socket), REORDER_WAIT) });
      return;
    }
    if (faults.draw(target, ['duplicate-events'])) socket.send(text);
    release(socket, text);
  }

  /** Sends an event and, after it, the one that was held back to come too late. */
  function release(socket: WebSocket, text?: string): void {
    if (text !== undefined) socket.send(text);
    const late = held.get(socket);
    if (!late) return;
    clearTimeout(late.timer);
    held.delete(socket);
    socket.send(late.text);
  }

  return {
    stop,
    subscribe(client: UserClient, account: string, id: number): void {
      client.subscriptions.set(id, account);
      const known = clients.get(account);
      if (known) known.add(client);
      else clients.set(account, new Set([client]));
    },
    unsubscribe(client: UserClient, id: number): boolean {
      const account = client.subscriptions.get(id);
      if (account === undefined) return false;
      client.subscriptions.delete(id);
      if (![...client.subscriptions.values()].includes(account)) clients.get(account)?.delete(client);
      return true;
    },
  };
}
export type UserStreams = ReturnType<typeof createUserStreams>;
