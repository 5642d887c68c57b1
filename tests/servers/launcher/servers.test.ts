import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import mongoose from 'mongoose';
import { setUpNamespace } from '../../../launcher/namespace.js';
import { eventually } from '../../support/trading.js';
import { startServers, type TestServers } from '../../support/servers.js';

let servers: TestServers;
beforeAll(async () => {
  servers = await startServers({ temporal: true, mongodb: true });
}, 120_000);
afterAll(() => servers?.stop());

async function searchAttributes(): Promise<Record<string, unknown>> {
  const connection = await Connection.connect({ address: servers.temporalAddress });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  await connection.close();
  return customAttributes ?? {};
}

async function withDatabase<T>(work: (db: mongoose.mongo.Db) => Promise<T>): Promise<T> {
  const client = new mongoose.mongo.MongoClient(servers.mongodbUri);
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}

describe('the servers that the launcher brings along', () => {
  test('the embedded database is no replica set, which would write everything once more', async () => {
    const hello = await withDatabase((db) => db.admin().command({ hello: 1 }));
    expect(hello).toMatchObject({ isWritablePrimary: true });
    expect(hello).not.toHaveProperty('setName');
  });

  test('Temporal knows the typed search attributes', async () => {
    expect(Object.keys(await searchAttributes())).toEqual(
      expect.arrayContaining(['TradingStatus', 'TradingMode', 'OpenPositions', 'DailyPnlPct']),
    );
  });

  test('a namespace of its own is set up, found there again, and refused with an attribute of another type', async () => {
    const connection = await Connection.connect({ address: servers.temporalAddress });
    try {
      const made = await setUpNamespace(connection, 'set-up', { retentionDays: 2 });
      expect(made.namespace).toBe('made');
      expect(made.searchAttributes.map(({ state }) => state)).toEqual(Array(4).fill('registered'));
      const again = await setUpNamespace(connection, 'set-up', { retentionDays: 2 });
      expect(again.namespace).toBe('there');
      expect(again.searchAttributes.map(({ state }) => state)).toEqual(Array(4).fill('there'));
      const namespace = 'other-types';
      const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
      await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
      await eventually(
        () =>
          connection.operatorService.addSearchAttributes({ namespace, searchAttributes: { OpenPositions: 2 } }).then(
            () => true,
            () => false,
          ),
        Boolean,
      );
      await expect(setUpNamespace(connection, namespace, { retentionDays: 2 })).rejects.toThrow(
        /OpenPositions is not of type Int/,
      );
    } finally {
      await connection.close();
    }
  });

  test('Temporal serves its Web UI on loopback', async () => {
    const page = await fetch(servers.temporalUiUrl);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<html');
  });

  test('Temporal comes back from kill -9 on the same address and keeps its search attributes', async () => {
    const before = servers.pid('temporal');
    await servers.kill9('temporal');
    expect(servers.pid('temporal')).toBeUndefined();
    await servers.restart('temporal');
    expect(servers.pid('temporal')).not.toBe(before);
    expect(Object.keys(await searchAttributes())).toContain('TradingStatus');
  });

  test('the database keeps an acknowledged write over kill -9', async () => {
    await withDatabase((db) => db.collection('things').insertOne({ name: 'kept' }));
    await withDatabase((db) =>
      db.client.bulkWrite(
        ['things', 'others'].map((name) => ({
          name: 'insertOne',
          namespace: `${db.databaseName}.${name}`,
          document: { name: 'kept across' },
        })),
      ),
    );
    await servers.kill9('mongodb');
    await servers.restart('mongodb');
    const count = (collection: string, name: string) =>
      withDatabase((db) => db.collection(collection).countDocuments({ name }));
    expect(await count('things', 'kept')).toBe(1);
    expect([await count('things', 'kept across'), await count('others', 'kept across')]).toEqual([1, 1]);
  });
});
