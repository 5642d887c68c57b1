import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { within } from '../../adapters/within.js';

/**
 * Whether a host can be reached, within `timeout` ms in all: first its name, then a connection. Out of reach of the
 * internet, names usually fail at once, while downloads would run into time-outs of minutes.
 * @returns null where it can, else why not.
 */
export async function whyUnreachable(host: string, port: number, timeout: number): Promise<string | null> {
  const started = Date.now();
  try {
    const { address } = await within(
      lookup(host),
      timeout,
      () => new Error(`the name ${host} was not found within ${timeout / 1000} s`),
    );
    await within(
      open(address, port),
      timeout - (Date.now() - started),
      () => new Error(`${host} did not answer within ${timeout / 1000} s`),
    );
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? `the name ${host} is not known here` : message;
  }
}

function open(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    socket.setTimeout(10_000, () => socket.destroy(new Error('timed out')));
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
