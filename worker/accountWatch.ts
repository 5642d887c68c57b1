/**
 * Listens to the user streams of the accounts this worker acts for, and wakes a user's workflow when a stop or target
 * fills, so that it is known within a second or two and not at the next cycle. The stream only wakes: what happened is
 * read by REST and written by `managePositions`, so a lost, doubled or reordered event does no harm.
 */
import type { Client } from '@temporalio/client';
import type { Repositories } from '../adapters/database/repositories.js';
import type { AccountEvent } from '../adapters/exchange/port.js';
import type { Log, Venue } from '../activities/dependencies.js';
import { fillSignal, tradingWorkflowId } from '../workflows/messages.js';
import type { VenueMode } from '../trading/types.js';

export interface AccountWatch {
  /** This user is acted for here; listening begins with the first call and ends when the user isn't seen any more. */
  see(userId: string, mode: VenueMode): void;
  /** Listens for everybody who holds something, stopped users included. To be called when the worker starts. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

interface Watched {
  seenAt: number;
  end: Promise<(() => void) | null>;
}

/** Users whose cycles have gone to another worker are let go after this, ms. */
const IDLE_MS = 30 * 60_000;
const RETRY_MS = 15_000;
const SWEEP_MS = 60_000;

export function createAccountWatch(
  client: Client,
  venueOf: (mode: VenueMode) => Venue,
  touched: (userId: string, gap: boolean) => void,
  log: Log,
  { positions }: Pick<Repositories, 'positions'>,
): AccountWatch {
  const watched = new Map<string, Watched>();
  const sweep = setInterval(() => {
    void seeHolders().then(() => {
      for (const [id, { seenAt }] of watched) if (Date.now() - seenAt > IDLE_MS) drop(id);
    });
  }, SWEEP_MS);
  sweep.unref();

  async function seeHolders(): Promise<void> {
    try {
      for (const { userId, mode } of await positions.holders()) see(userId, mode);
    } catch (error) {
      log.warn({ error: String(error) }, 'who holds something could not be read; the next look tells');
    }
  }

  function see(userId: string, mode: VenueMode): void {
    const id = `${mode}:${userId}`;
    const known = watched.get(id);
    if (known) known.seenAt = Date.now();
    else watched.set(id, { seenAt: Date.now(), end: listen(id, userId, mode) });
  }

  /** What filled before the stream was there is told by nobody, and the next cycle may be minutes away. */
  async function catchUp(userId: string): Promise<void> {
    const held = await positions.open(userId).catch(() => null);
    if (held?.length !== 0) await wake(userId, { symbol: '*', clientOrderId: '', status: 'RESUMED' });
  }

  function drop(id: string): void {
    const entry = watched.get(id);
    watched.delete(id);
    void entry?.end.then((end) => end?.());
  }

  async function wake(
    userId: string,
    notice: { symbol: string; clientOrderId: string; status: string },
  ): Promise<void> {
    try {
      await client.workflow.getHandle(tradingWorkflowId(userId)).signal(fillSignal, notice);
    } catch (error) {
      log.warn({ userId, error: String(error) }, 'a fill could not be told to the workflow; its next cycle finds it');
    }
  }

  async function listen(id: string, userId: string, mode: VenueMode): Promise<(() => void) | null> {
    try {
      const venue = venueOf(mode);
      const key = await venue.key(userId);
      const end = await venue.exchange.watchAccount(key, (event) => {
        touched(userId, event.kind === 'gap');
        const notice = noticeOf(event);
        if (notice) void wake(userId, notice);
      });
      await catchUp(userId);
      return end;
    } catch (error) {
      log.warn({ userId, error: String(error) }, 'no user stream; fills are found by polling');
      setTimeout(() => watched.delete(id), RETRY_MS).unref();
      return null;
    }
  }

  return {
    see,
    async resume() {
      await seeHolders();
      await Promise.all([...watched.values()].map(({ end }) => end));
    },
    async close() {
      clearInterval(sweep);
      const entries = [...watched.keys()];
      for (const id of entries) drop(id);
    },
  };
}

/** A protective leg of ours that executed, or a gap in the stream after which everything is looked at. */
function noticeOf(event: AccountEvent): { symbol: string; clientOrderId: string; status: string } | null {
  if (event.kind === 'gap') return { symbol: '*', clientOrderId: '', status: 'GAP' };
  if (event.kind !== 'order') return null;
  const { symbol, clientOrderId, status } = event.report;
  const protective = clientOrderId.startsWith('ctp-s-') || clientOrderId.startsWith('ctp-t-');
  return protective && (status === 'FILLED' || status === 'PARTIALLY_FILLED')
    ? { symbol, clientOrderId, status }
    : null;
}
