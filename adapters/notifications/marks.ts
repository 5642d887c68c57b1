import type { LogLevel } from '../../trading/types.js';

/** How a severity looks: a sign where there is only text, and a colour that is legible on light and dark. */
export const MARKS = {
  INFO: { sign: '🟢', color: '#2f9e44' },
  WARNING: { sign: '🟠', color: '#e8590c' },
  ERROR: { sign: '🚨', color: '#e03131' },
} satisfies Record<LogLevel, { sign: string; color: string }>;
