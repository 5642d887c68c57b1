import type { LogEntry } from '../adapters/database/cycleRepository.js';
import type { LogLine } from './types.js';

/** Lines as a step told them, in the words of the log's collection. */
export const logEntries = (lines: readonly LogLine[]): LogEntry[] =>
  lines.map(({ level, ...line }) => ({ logLevel: level, ...line }));
