/** All repositories over one connection. */
import type { MasterKeys } from '../secrets/master-keys.js';
import { createAccountBooksRepository } from './accountBooksRepository.js';
import { createAuditRepository } from './auditRepository.js';
import { createBacktestsRepository } from './backtestsRepository.js';
import { type Write, writeInOrder } from './bulkWrites.js';
import { createConfigRepository } from './configRepository.js';
import type { Database } from './connect.js';
import { createCredentialsRepository } from './credentialsRepository.js';
import { createCycleRepository } from './cycleRepository.js';
import { createFlagsRepository } from './flagsRepository.js';
import { createModelsRepository } from './modelsRepository.js';
import { createNotificationsRepository } from './notificationsRepository.js';
import { createOrdersRepository } from './ordersRepository.js';
import { createPositionsRepository } from './positionsRepository.js';
import { createSignInFailuresRepository } from './signInFailuresRepository.js';
import { createSignalsRepository } from './signalsRepository.js';
import { createStatusRepository } from './statusRepository.js';
import { createFillsRepository, createTradesRepository } from './tradesRepository.js';
import { createSessionsRepository, createUsersRepository } from './usersRepository.js';

export function createRepositories(database: Database, keys: MasterKeys) {
  return {
    accountBooks: createAccountBooksRepository(database),
    audit: createAuditRepository(database),
    backtests: createBacktestsRepository(database),
    config: createConfigRepository(database),
    credentials: createCredentialsRepository(database, keys),
    cycle: createCycleRepository(database),
    fills: createFillsRepository(database),
    flags: createFlagsRepository(database),
    models: createModelsRepository(database),
    notifications: createNotificationsRepository(database),
    orders: createOrdersRepository(database),
    positions: createPositionsRepository(database),
    sessions: createSessionsRepository(database),
    signals: createSignalsRepository(database),
    signInFailures: createSignInFailuresRepository(database),
    status: createStatusRepository(database),
    trades: createTradesRepository(database),
    users: createUsersRepository(database),
    /** Several writes in one message; false where one did not apply (./bulkWrites.ts). */
    inOrder: (writes: readonly Write[]): Promise<boolean> => writeInOrder(database, writes),
  };
}

export type Repositories = ReturnType<typeof createRepositories>;
