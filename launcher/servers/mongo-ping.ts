import { connect } from 'node:net';

/**
 * Asks a server on this machine whether it speaks MongoDB's wire protocol: one OP_MSG `{ ping: 1, $db: "admin" }`.
 * The driver would do the same, but loading it costs the launcher more time than starting the database.
 * Message header: length, request id, response to, opcode 2013; then flags, section kind 0 and the BSON document.
 * @throws Error where nothing answers within `timeout` ms.
 */
export function pingMongo(host: string, port: number, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const end = (error?: Error): void => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket.setTimeout(timeout, () => end(new Error(`no answer from ${host}:${port} within ${timeout} ms`)));
    socket.on('error', end);
    socket.on('close', () => end(new Error(`${host}:${port} closed the connection`)));
    socket.on('connect', () => socket.write(pingMessage()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 16 || received.length < received.readInt32LE(0)) return;
      if (received.readInt32LE(12) !== OP_MSG) end(new Error(`${host}:${port} does not speak MongoDB's protocol`));
      else end();
    });
  });
}

const OP_MSG = 2013;

function pingMessage(): Buffer {
  const elements = Buffer.concat([int32Element('ping', 1), stringElement('$db', 'admin'), Buffer.from([0])]);
  const document = Buffer.concat([int32(elements.length + 4), elements]);
  const body = Buffer.concat([int32(0), Buffer.from([0]), document]);
  return Buffer.concat([int32(body.length + 16), int32(1), int32(0), int32(OP_MSG), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int32Element(name: string, value: number): Buffer {
  return Buffer.concat([Buffer.from([0x10]), Buffer.from(`${name}\0`), int32(value)]);
}

function stringElement(name: string, value: string): Buffer {
  const bytes = Buffer.from(`${value}\0`);
  return Buffer.concat([Buffer.from([0x02]), Buffer.from(`${name}\0`), int32(bytes.length), bytes]);
}
