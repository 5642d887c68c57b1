import { WebSocket } from 'ws';

export interface SocketTimes {
  /** First and longest wait before a new attempt, ms; each failure doubles it. */
  retryMs: number;
  longestRetryMs: number;
  /** How long a connection may be silent, pongs included, before it counts as dead, ms. */
  silenceMs: number;
  connectMs: number;
}

export const SOCKET_TIMES: SocketTimes = { retryMs: 250, longestRetryMs: 15_000, silenceMs: 12_000, connectMs: 8_000 };

export interface SocketEvents {
  /** Connected: subscribe now. */
  onOpen(): void;
  /** A JSON message; what is not JSON ends the connection. */
  onMessage(message: unknown): void;
  /** The connection is gone; a new one is on its way. Told once per connection that was open, and for the first failure. */
  onDown(): void;
}

export interface ReconnectingSocket {
  /** False where there is no open connection now. */
  send(message: object): boolean;
  isOpen(): boolean;
  /** Gives the connection up and makes a new one. */
  restart(why: string): void;
  close(): void;
}

/** A websocket that comes back by itself, with a growing and jittered pause, and does not trust silence. */
export function createReconnectingSocket(
  url: string,
  events: SocketEvents,
  times: SocketTimes = SOCKET_TIMES,
  onTrouble: (why: string) => void = () => undefined,
): ReconnectingSocket {
  let socket: WebSocket | null = null;
  let closed = false;
  let failures = 0;
  let openedAt: number | null = null;
  let heardAt = 0;
  let watchdog: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;

  function connect(): void {
    const mine = new WebSocket(url, { handshakeTimeout: times.connectMs, followRedirects: false, maxPayload: 4 << 20 });
    socket = mine;
    const heard = () => {
      heardAt = performance.now();
    };
    mine.on('open', () => {
      heard();
      openedAt = performance.now();
      watchdog = setInterval(() => watch(mine), times.silenceMs / 3);
      events.onOpen();
    });
    mine.on('ping', heard);
    mine.on('pong', heard);
    mine.on('message', (data) => {
      heard();
      const message = parse(String(data));
      if (message === undefined) give(mine, 'a message that is not JSON');
      else events.onMessage(message);
    });
    mine.on('error', (error) => onTrouble((error as NodeJS.ErrnoException).code ?? error.name));
    mine.on('close', () => lost(mine));
  }

  function watch(mine: WebSocket): void {
    if (performance.now() - heardAt > times.silenceMs) give(mine, 'silence');
    else if (mine.readyState === WebSocket.OPEN) mine.ping();
  }

  function give(mine: WebSocket, why: string): void {
    onTrouble(why);
    mine.terminate();
  }

  function lost(mine: WebSocket): void {
    if (mine !== socket) return;
    clearInterval(watchdog);
    socket = null;
    const stoodFor = openedAt === null ? 0 : performance.now() - openedAt;
    const tell = openedAt !== null || failures === 0;
    openedAt = null;
    if (closed) return;
    if (stoodFor > times.longestRetryMs) failures = 0;
    if (tell) events.onDown();
    const pause = Math.min(times.longestRetryMs, times.retryMs * 2 ** Math.min(failures, 20));
    failures += 1;
    retry = setTimeout(connect, pause * (0.75 + Math.random() / 2));
  }

  connect();
  return {
    send(message) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    isOpen: () => socket?.readyState === WebSocket.OPEN,
    restart(why) {
      if (socket) give(socket, why);
    },
    close() {
      closed = true;
      clearTimeout(retry);
      clearInterval(watchdog);
      socket?.terminate();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
