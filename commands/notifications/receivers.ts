/**
 * Servers that receive, for tests, campaigns and benchmarks: a real SMTP server, and one that speaks Telegram's and
 * Discord's protocol and misbehaves on request.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { keepAlive } from '../../adapters/keepAlive.js';

export interface MailServer {
  url: string;
  mails: ParsedMail[];
  recipients: string[][];
  /** While set, every message is refused with this code. */
  refuse: number | null;
  /** While set, mails are read and never answered. */
  hang: boolean;
  /** While set, the connection breaks after a mail was read: `refused` and thrown away, or `accepted` all the same. */
  cut: 'refused' | 'accepted' | null;
  /** Told of every mail that is accepted, right before the answer; `answered` is false where none comes. */
  onMail: ((mail: ParsedMail, recipients: string[], answered: boolean) => void) | null;
  /** Connections that are open. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

export async function startMailServer(port = 0): Promise<MailServer> {
  const state = { mails: [], recipients: [], refuse: null, hang: false, cut: null, onMail: null } as Omit<
    MailServer,
    'url' | 'close' | 'connections'
  >;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (state.hang) return;
        if (state.refuse !== null) return done(Object.assign(new Error('refused'), { responseCode: state.refuse }));
        const { cut } = state;
        if (cut === 'refused') return breakOff(session.remotePort);
        simpleParser(Buffer.concat(chunks)).then((mail) => {
          state.mails.push(mail);
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          state.recipients.push(recipients);
          state.onMail?.(mail, recipients, cut === null);
          if (cut) breakOff(session.remotePort);
          else done();
        }, done);
      });
    },
  });
  server.on('error', () => undefined); // clients that are cut off
  const sockets = new Map<number, Socket>();
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.once('close', () => sockets.delete(port));
  });
  const breakOff = (port: number): void => void sockets.get(port)?.resetAndDestroy();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.server.address() as AddressInfo;
  return Object.assign(state, {
    url: `smtp://127.0.0.1:${bound}`,
    connections: () => connectionsOf(server.server),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

export type Answer = (request: { url: string; body: Record<string, unknown> }, response: ServerResponse) => void;

export interface WebServer {
  url: string;
  requests: { url: string; body: Record<string, unknown> }[];
  accepted: Record<string, unknown>[];
  /** Answers to the next requests, one each; then all is well. */
  next: Answer[];
  /** While set, answers everything. */
  always: Answer | null;
  /** Told of every message that is accepted, right before the answer. */
  onAccepted: ((request: { url: string; body: Record<string, unknown> }) => void) | null;
  /** Connections that are open. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** `good` is what the service says when it takes a message. */
export async function startWebServer(good: object): Promise<WebServer> {
  const state = { requests: [], accepted: [], next: [], always: null, onAccepted: null } as Omit<
    WebServer,
    'url' | 'close' | 'connections'
  >;
  const server = keepAlive(createServer((request, response) => void respond(request, response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    connections: () => connectionsOf(server),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen = {
      url: request.url ?? '',
      body: JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>,
    };
    state.requests.push(seen);
    const misbehave = state.always ?? state.next.shift();
    if (misbehave) return misbehave(seen, response);
    state.accepted.push(seen.body);
    state.onAccepted?.(seen);
    json(200, good)(seen, response);
  }
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));

export const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
export const hang: Answer = () => undefined;
export const reset: Answer = (_request, response) => void response.socket?.resetAndDestroy();
export const stallBody: Answer = (_request, response) => void response.writeHead(200).write('{');
