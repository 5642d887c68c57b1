/** New users' settings: what is built in, changed by the files in config/. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { TradingConfig } from '../../trading/types.js';
import { projectRoot } from '../paths.js';
import {
  configChange,
  type NormalizedChange,
  normalizeChange,
  notificationFile,
  patchOfRiskFile,
  readNotificationFile,
  riskFile,
} from './designForm.js';
import { listIssues } from './issues.js';
import { BUILT_IN, tradingConfig, type TradingConfigPatch } from './tradingConfig.js';

/** One line per wrong value: file, field and what would be right. */
export class ConfigFileError extends Error {
  override name = 'ConfigFileError';
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

const FILES = {
  'auto_trading_config.json': reader(configChange, normalizeChange),
  'risk_config.json': reader(riskFile, (file) => ({ patch: patchOfRiskFile(file) })),
  'notification_config.json': reader(notificationFile, readNotificationFile),
} satisfies Record<string, (content: unknown) => Reading>;

type Reading = { patch: TradingConfigPatch } | { problems: string[] };

/**
 * @param folder where the three files lie; a file that is absent changes nothing
 * @throws ConfigFileError that names every wrong value of every file
 */
export function loadDefaultConfig(folder: string = join(projectRoot(), 'config')): TradingConfig {
  const problems: string[] = [];
  let config = BUILT_IN;
  for (const [name, read] of Object.entries(FILES)) {
    const reading = readJson(join(folder, name), read);
    if ('problems' in reading) problems.push(...reading.problems.map((problem) => `config/${name}: ${problem}`));
    else config = applyPatch(config, reading.patch);
  }
  const checked = tradingConfig.safeParse(config);
  if (problems.length > 0 || !checked.success) throw new ConfigFileError(problems);
  return checked.data;
}

/** The settings with the fields given replaced; of the nested groups only the parts given. */
export function applyPatch(config: TradingConfig, patch: TradingConfigPatch): TradingConfig {
  const { notifications, risk, exits, ...flat } = patch;
  return {
    ...config,
    ...flat,
    notifications: { ...config.notifications, ...notifications },
    risk: { ...config.risk, ...risk },
    exits: { ...config.exits, ...exits },
  };
}

function reader<Schema extends z.ZodType>(
  schema: Schema,
  take: (value: z.infer<Schema>) => Pick<NormalizedChange, 'patch'> & Partial<NormalizedChange>,
) {
  return (content: unknown): Reading => {
    const parsed = schema.safeParse(content);
    const line = ({ path, message }: { path: string; message: string }): string => `${path}: ${message}`;
    if (!parsed.success) return { problems: listIssues(parsed.error, content).map(line) };
    const { patch, contradictions = [] } = take(parsed.data);
    return contradictions.length > 0 ? { problems: contradictions.map(line) } : { patch };
  };
}

function readJson(path: string, read: (content: unknown) => Reading): Reading {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { patch: {} };
    return { problems: [(error as Error).message] };
  }
  try {
    return read(JSON.parse(text));
  } catch (error) {
    return { problems: [`no valid JSON (${(error as Error).message})`] };
  }
}
