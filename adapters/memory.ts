import { totalmem } from 'node:os';

/** A container's limit counts where there is one: the machine's memory is not this process's then. Bytes. */
export function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
