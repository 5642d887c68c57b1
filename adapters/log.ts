/** Structured logs, one JSON object a line on stdout, with secrets taken out wherever they may turn up. */
import pino, { type Logger } from 'pino';
import type { LogLevel } from './settings.js';

export type { Logger };

const SECRET_FIELDS = [
  'password',
  'passwordHash',
  'currentPassword',
  'secret',
  'apiKey',
  'apiSecret',
  'token',
  'botToken',
  'telegramBotToken',
  'webhook',
  'discordWebhookUrl',
  'authorization',
  'cookie',
  'csrf',
  'masterKey',
  'smtpUrl',
  'mongodbUri',
  'totp',
  'code',
  'signature',
] as const;

const CENSOR = '[secret]';
/** Signed queries and the user part of an address, wherever a message carries one. */
const IN_TEXT: readonly [RegExp, string][] = [
  [/\b(signature|apiKey|api_key|secret|token|listenKey)=[^&\s"']+/gi, `$1=${CENSOR}`],
  [/:\/\/[^/\s:@"']+:[^/\s@"']+@/g, `://${CENSOR}@`],
  [/https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks\/[^\s"']+/gi, `https://discord.com/api/webhooks/${CENSOR}`],
  [/\/bot\d+:[\w-]+/g, `/bot${CENSOR}`],
];

/**
 * @param options.name the process, such as `worker`
 * @param destination for tests; stdout unless given
 */
export function createLogger(
  options: { name: string; level: LogLevel },
  destination?: { write(line: string): void },
): Logger {
  const settings: pino.LoggerOptions = {
    name: options.name,
    level: options.level,
    base: { pid: process.pid, process: options.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]).concat([
        'req.headers.authorization',
        'req.headers.cookie',
        'req.headers["x-csrf-token"]',
        'res.headers["set-cookie"]',
      ]),
      censor: CENSOR,
    },
    serializers: { err: errorFields, error: errorFields },
    hooks: {
      logMethod(words, method) {
        method.apply(this, words.map((word) => (typeof word === 'string' ? withoutSecrets(word) : word)) as never);
      },
    },
  };
  return destination ? pino(settings, destination) : pino(settings, pino.destination({ fd: 1, sync: true }));
}

/** A text without what must not be read by whoever reads logs. */
export function withoutSecrets(text: string): string {
  return IN_TEXT.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text);
}

function errorFields(error: unknown): unknown {
  if (typeof error === 'string') return withoutSecrets(error);
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: withoutSecrets(error.message),
    ...(code === undefined ? {} : { errorCode: code }),
    stack: withoutSecrets(error.stack ?? ''),
  };
}
