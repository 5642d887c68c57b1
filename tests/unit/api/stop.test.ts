import type { Client } from '@temporalio/client';
import type { Repositories } from '../../../adapters/database/repositories.js';
import { createTradingService } from '../../../api/services/trading.js';

/** A user who trades; the workflow answers a stop with `status`, after `meanwhile`. */
function trading(status: string, meanwhile: () => void = () => undefined) {
  const settings = { isEnabled: true, updatedAt: new Date(1) };
  const repositories = {
    config: {
      get: async () => ({ ...settings }),
      disableUnlessChanged: async (_: string, readAt: Date) => {
        if (settings.updatedAt.getTime() === readAt.getTime()) settings.isEnabled = false;
      },
    },
  } as unknown as Repositories;
  const executeUpdate = async () => {
    meanwhile();
    return { status, since: new Date(0).toISOString() };
  };
  const client = {
    withDeadline: <T>(_: number, call: () => Promise<T>) => call(),
    workflow: { getHandle: () => ({ executeUpdate }) },
  } as unknown as Client;
  return { settings, service: createTradingService(client, repositories) };
}

test('whoever is answered that trading is stopped finds it so in the settings', async () => {
  const { settings, service } = trading('STOPPED');
  expect(await service.stop('u', { mode: 'reduce' })).toMatchObject({ status: 'STOPPED' });
  expect(settings.isEnabled).toBe(false);
});

test('while what is held is reduced, trading stays enabled', async () => {
  const { settings, service } = trading('REDUCING');
  await service.stop('u', { mode: 'reduce' });
  expect(settings.isEnabled).toBe(true);
});

test('a start that came behind the stop is not undone', async () => {
  const { settings, service } = trading('STOPPED', () => {
    settings.updatedAt = new Date(2);
  });
  await service.stop('u', {});
  expect(settings.isEnabled).toBe(true);
});
