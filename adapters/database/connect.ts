/** One process's connection to MongoDB: models, the driver's client for bulk writes, and deadlines on every call. */
import mongoose, { type Connection } from 'mongoose';
import { migrate } from './migrations.js';
import { defineModels, type Models } from './models.js';

export interface Database {
  connection: Connection;
  models: Models;
  /** `bulkWrite` across collections in one message: MongoDB 8 and later. */
  bulkWriteAcrossCollections: boolean;
  /** Answers within two seconds or throws. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Wait this long at most for a server to be found, ms (5000). */
  serverSelectionTimeoutMS?: number;
  /** And this long for any one answer, ms (20000). */
  socketTimeoutMS?: number;
  /** Create missing indexes and run what migrations have not run (true). */
  migrate?: boolean;
}

const DEFAULT_NAME = 'crypto_trader';

/**
 * @param uri a MongoDB address; without a database in it, `crypto_trader` is used, without `maxPoolSize` up to 20 connections
 * @throws the driver's error when no server answers in time; its message names the address without its password
 */
export async function connectDatabase(uri: string, options: DatabaseOptions = {}): Promise<Database> {
  const connection = mongoose.createConnection(uri, {
    ...(hasDatabase(uri) ? {} : { dbName: DEFAULT_NAME }),
    serverSelectionTimeoutMS: options.serverSelectionTimeoutMS ?? 5_000,
    socketTimeoutMS: options.socketTimeoutMS ?? 20_000,
    connectTimeoutMS: options.serverSelectionTimeoutMS ?? 5_000,
    ...(/[?&]maxPoolSize=/.test(uri) ? {} : { maxPoolSize: 20 }),
    minPoolSize: 1,
    retryReads: true,
    bufferCommands: false,
    autoIndex: false,
    autoCreate: false,
  });
  connection.on('error', () => undefined); // calls report it; an unheard event would end the process
  await connection.asPromise();
  const models = defineModels(connection);
  const hello = await connection.db!.admin().command({ hello: 1 });
  const database: Database = {
    connection,
    models,
    bulkWriteAcrossCollections: Number(hello['maxWireVersion']) >= 25,
    ping: async () => void (await connection.db!.admin().command({ ping: 1 }, { timeoutMS: 2_000 })),
    close: () => connection.close(),
  };
  if (options.migrate !== false) await migrate(database);
  return database;
}

function hasDatabase(uri: string): boolean {
  return /^mongodb(\+srv)?:\/\/[^/]+\/[^?]+/.test(uri);
}
