import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Log } from '../activities/dependencies.js';

/** The SDK's own messages go where ours go; its chatter below a warning is left out. */
export function installTemporalLogger(log: Log): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      // The emergency queue has activities only, on purpose.
      if (message.startsWith('No workflows registered')) return;
      const fields = meta && 'error' in meta ? { ...meta, error: String(meta['error']) } : { ...meta };
      if (level === 'ERROR') log.error(fields, message);
      else log.warn(fields, message);
    }),
  });
}
