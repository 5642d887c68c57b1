/**
 * A spare worker (WORKER_SPARE=true, launcher/spare.ts) has connected and made everything ready, and takes no task before
 * the launcher says that the one before it has died. It ends with the launcher. Any other worker goes on at once.
 */
export async function untilCalled(): Promise<void> {
  if (process.env['WORKER_SPARE'] !== 'true' || !process.send) return;
  const end = (): never => process.exit(0);
  process.once('disconnect', end);
  await new Promise<void>((resolve) => {
    const listen = (message: unknown): void => {
      if ((message as { begin?: boolean } | null)?.begin !== true) return;
      process.off('message', listen);
      resolve();
    };
    process.on('message', listen);
    process.send?.({ waiting: true });
  });
  process.off('disconnect', end);
}
