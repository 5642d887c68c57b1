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
  /**
   * Listens for everybody who holds something, stopped users included, for whom no cycle would do it. To be called when
   * the worker starts: what happened while nobody listened is looked for at once where no cycle comes soon.
   */
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
  { positions, status }: Pick<Repositories, 'positions' | 'status'>,
): AccountWatch {
  const watched = new Map<string, Watched>();
  const sweep = setInterval(() => {
    void seeHolders().then(() => {
      for (const [id, { seenAt }] of watched) if (Date.now() - seenAt > IDLE_MS) drop(id);
    });
  }, SWEEP_MS);
  sweep.unref();

  /** @returns those who were not listened for; none where the database does not answer: the next sweep asks again */
  async function seeHolders(): Promise<{ userId: string; mode: VenueMode }[]> {
    try {
      const holders = await positions.holders();
      const unseen = holders.filter(({ userId, mode }) => !watched.has(`${mode}:${userId}`));
      for (const { userId, mode } of holders) see(userId, mode);
      return unseen;
    } catch (error) {
      log.warn({ error: String(error) }, 'who holds something could not be read; the next look tells');
      return [];
    }
  }

  function see(userId: string, mode: VenueMode): void {
    const id = `${mode}:${userId}`;
    const known = watched.get(id);
    if (known) known.seenAt = Date.now();
    else watched.set(id, { seenAt: Date.now(), end: listen(id, userId, mode) });
  }

  /** Who is stopped has no cycle that would soon find what happened before we listened. */
  async function catchUp({ userId, mode }: { userId: string; mode: VenueMode }): Promise<void> {
    const stored = await status.get(userId).catch(() => null);
    if (stored?.status === 'RUNNING' || stored?.status === 'REDUCING') return;
    await watched.get(`${mode}:${userId}`)?.end;
    await wake(userId, { symbol: '*', clientOrderId: '', status: 'RESUMED' });
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
      return await venue.exchange.watchAccount(key, (event) => {
        touched(userId, event.kind === 'gap');
        const notice = noticeOf(event);
        if (notice) void wake(userId, notice);
      });
    } catch (error) {
      log.warn({ userId, error: String(error) }, 'no user stream; fills are found by polling');
      setTimeout(() => watched.delete(id), RETRY_MS).unref();
      return null;
    }
  }

  return {
    see,
    async resume() {
      await Promise.all((await seeHolders()).map(catchUp));
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
