import { totalmem } from 'node:os';

export interface UsableMemory {
  bytes: number;
  /** A container's limit, for this process alone; else the machine's, which others share. */
  isOwn: boolean;
}

/** A container's limit counts where there is one: the machine's memory is not this process's then. */
export function usableMemory(): UsableMemory {
  const limit = process.constrainedMemory();
  const isOwn = limit > 0 && limit < totalmem();
  return { bytes: isOwn ? limit : totalmem(), isOwn };
}
