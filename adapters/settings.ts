import { existsSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { WITHOUT_MODEL, type WithoutModel } from '../trading/signals/withoutModel.js';
import type { AnalystSettings } from './analyst/analyst.js';
import { weaknessOf } from './passwords/weakness.js';
import { projectRoot } from './paths.js';
import { parseKeys } from './secrets/master-keys.js';

/** Everything that the environment decides. Optional fields are absent where the variable is unset or empty. */
export interface Settings {
  /** API's port; 0 = any free one. `portGiven` says whether it was asked for: then a taken port is an error. */
  port: number;
  portGiven: boolean;
  /** Where the API listens: loopback unless LISTEN_HOST says otherwise, as a container has to. */
  listenHost: string;
  /** Whose `X-Forwarded-For` tells who asks: names of ranges, addresses and subnets, as express takes them. */
  trustedProxies: string[];
  /** Absolute. */
  dataDir: string;
  temporalAddress?: string; // host:port
  temporalNamespace: string;
  /** What Temporal's own environment configuration made of TEMPORAL_*: address, TLS, API key, gRPC metadata. */
  temporalConnection: TemporalConnection;
  /** Encrypts what workflows write to Temporal; absent: in clear. */
  temporalCodecKey?: string;
  temporalUiUrl?: string;
  mongodbUri?: string;
  exchange: ExchangeChoice;
  exchangeUrl?: string; // without a trailing slash
  exchangeControlUrl?: string;
  /** Stands before or in place of the real exchange for live users; without a trailing slash. */
  liveExchangeUrl?: string;
  /** Fraction of the address's request weight that this worker may take, above 0 and up to 1. */
  exchangeWeightShare: number;
  /** How long a price is current, ms; less where a market is stepped by hand faster than prices age (`npm run parity`). */
  marketCacheMs: number;
  /** Market seconds per real second of recorded candles. */
  simSpeed: number;
  simWeightLimit: number; // request weight per minute
  simDataDir?: string; // absolute
  masterKey?: string;
  adminEmail?: string;
  adminPassword?: string;
  signInPolicy: SignInPolicy;
  demo: boolean;
  /** True in the processes that `npm start` started with servers of its own. */
  embedded: boolean;
  /** What becomes of the ensemble's proposals to buy where no model can be asked. */
  withoutModel: WithoutModel;
  /** An optional second opinion on entries; absent: none. */
  analyst?: AnalystSettings;
  /** Gateways of the operator's own for these channels' messages; no user can set them. */
  telegramBaseUrl?: string;
  discordBaseUrl?: string;
  smtpUrl?: string;
  mailFrom: string;
  publicUrl?: string; // without a trailing slash
  /** Where links in messages lead: PUBLIC_URL, else the address that the launcher gives, which this machine can open. */
  linkUrl?: string;
  logLevel: LogLevel;
  /** Shows where a workflow waits in the Web UI, at twice the cost of every workflow. */
  workflowStackTraces: boolean;
  /** Where OpenTelemetry traces go, by OTLP over HTTP; absent: nowhere. */
  tracing?: TracingSettings;
  /** Where a worker, or an API process of a deployment, serves /metrics on `listenHost`; absent: nowhere. */
  metricsPort?: number;
}

export interface TracingSettings {
  /** Whole, with its path. */
  url: string;
  headers: Record<string, string>;
  /** Begins the services' names. */
  service: string;
  /** Share of the traces that are taken, 0 to 1. */
  sampleRatio: number;
}

export const EXCHANGE_CHOICES = ['auto', 'simulator', 'binance'] as const;
export type ExchangeChoice = (typeof EXCHANGE_CHOICES)[number];
/**
 * `basic`: any password of twelve characters, and a second factor where its owner wants one. `strict`: OWASP ASVS 5.0, level 2
 * (api/auth/policy.ts).
 */
export const SIGN_IN_POLICIES = ['basic', 'strict'] as const;
export type SignInPolicy = (typeof SIGN_IN_POLICIES)[number];
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type TemporalConnection = ReturnType<typeof loadClientConnectConfig>['connectionOptions'];

/** One line per wrong value in `problems`, each naming the variable and what would be right; no secret's value. */
export class SettingsError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

/** The administrator of a first start for whom ADMIN_EMAIL names no address. */
export const FIRST_ADMIN = 'admin@localhost';
const isLongEnough = (password: string): boolean => password.length >= 12;

/** Of a process that starts no servers of its own. */
export type SettingsWithServers = Settings & { mongodbUri: string; temporalAddress: string };

type Environment = Record<string, string | undefined>;

/**
 * Parses the settings once. Without an argument they come from process.env, completed by the project's `.env` file
 * (which never overrides a variable that is set, even to nothing). An empty variable counts as unset. With `servers`
 * their addresses must be known, too.
 * @throws SettingsError
 */
export function loadSettings(env?: Environment, { servers = false } = {}): Settings {
  const given = withoutEmpty(env ?? environmentWithFile());
  const parsed = schema.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  problems.push(...contradictions(given));
  const temporal = temporalOf(given, problems);
  if (servers) problems.push(...missingServers(given, temporal.connection.address, problems));
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems);
  const v = parsed.data;
  return {
    port: v.PORT ?? 3000,
    portGiven: v.PORT !== undefined,
    listenHost: v.LISTEN_HOST,
    trustedProxies: v.TRUSTED_PROXIES,
    dataDir: resolve(v.DATA_DIR),
    temporalAddress: temporal.connection.address,
    temporalNamespace: temporal.namespace ?? 'default',
    temporalConnection: temporal.connection,
    temporalCodecKey: v.TEMPORAL_CODEC_KEY,
    temporalUiUrl: v.TEMPORAL_UI_URL,
    mongodbUri: v.MONGODB_URI,
    exchange: v.EXCHANGE,
    exchangeUrl: v.EXCHANGE_URL,
    exchangeControlUrl: v.EXCHANGE_CONTROL_URL,
    liveExchangeUrl: v.LIVE_EXCHANGE_URL,
    exchangeWeightShare: v.EXCHANGE_WEIGHT_SHARE,
    marketCacheMs: v.MARKET_CACHE_MS,
    simSpeed: v.SIM_SPEED,
    simWeightLimit: v.SIM_WEIGHT_LIMIT,
    simDataDir: v.SIM_DATA_DIR,
    masterKey: v.MASTER_KEY,
    adminEmail: v.ADMIN_EMAIL,
    adminPassword: v.ADMIN_PASSWORD,
    signInPolicy: v.SIGN_IN_POLICY,
    demo: v.DEMO,
    embedded: v.EMBEDDED,
    withoutModel: v.WITHOUT_MODEL,
    analyst: analystOf(v),
    telegramBaseUrl: v.TELEGRAM_BASE_URL,
    discordBaseUrl: v.DISCORD_BASE_URL,
    smtpUrl: v.SMTP_URL,
    mailFrom: v.MAIL_FROM,
    publicUrl: v.PUBLIC_URL,
    linkUrl: v.PUBLIC_URL ?? v.LINK_URL,
    logLevel: v.LOG_LEVEL,
    workflowStackTraces: v.WORKFLOW_STACK_TRACES,
    metricsPort: v.METRICS_PORT,
    tracing: tracingOf(v),
  };
}

/** For command entries: prints one line per problem on stderr and ends the process with 2. */
export const settingsOrExit = (): Settings => orExit(() => loadSettings());

/** The same for the entries of a deployment, which start no servers. */
export const settingsWithServersOrExit = (): SettingsWithServers =>
  orExit(() => loadSettings(undefined, { servers: true })) as SettingsWithServers;

function orExit(load: () => Settings): Settings {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) console.error(problem);
    process.exit(2);
  }
}

/**
 * Options for `Connection.connect` and `NativeConnection.connect`, and the namespace for clients and workers.
 * @throws Error where no address is known: `npm start` passes one on, a deployment sets TEMPORAL_ADDRESS.
 */
export function temporalConnectOptions(settings: Settings): {
  connection: TemporalConnection & { address: string };
  namespace: string;
} {
  if (!settings.temporalAddress) throw new Error(NO_TEMPORAL);
  return {
    connection: { ...settings.temporalConnection, address: settings.temporalAddress },
    namespace: settings.temporalNamespace,
  };
}

const NO_TEMPORAL = 'TEMPORAL_ADDRESS: not set; name the Temporal server as host:port, or use `npm start`';

const wrong = (text: string, right: string) => `"${text}" is not right; give ${right}`;

const text = (ok: (value: string) => boolean, right: string, secret = false) =>
  z.string().refine(ok, {
    error: (issue) => (secret ? `this value is not right; give ${right}` : wrong(String(issue.input), right)),
  });
const numeric = (ok: (value: number) => boolean, right: string) =>
  text((value) => /^[0-9]+(\.[0-9]+)?$/.test(value) && ok(Number(value)), right).transform(Number);
const oneOf = <T extends string>(values: readonly T[]) =>
  text((value) => (values as readonly string[]).includes(value), values.join(' or ')).transform((value) => value as T);
const flag = () => oneOf(['true', 'false']).transform((value) => value === 'true');
const url = (protocols: string[], right: string, secret = false) =>
  text((value) => isUrl(value, protocols), right, secret);
const httpUrl = (right: string) => url(['http:', 'https:'], right).transform((value) => value.replace(/\/+$/, ''));

/** @param first what the first of several keys does */
const keys = (first: string) =>
  text(
    isMasterKey,
    `at least 32 characters, such as the output of \`openssl rand -base64 32\` (several keys with commas between: the first ${first})`,
    true,
  ).optional();

const headerValue = (pair: string): string => decodeURIComponent(pair.slice(pair.indexOf('=') + 1));

const schema = z.object({
  PORT: numeric(
    (n) => Number.isInteger(n) && n <= 65535,
    'a whole number from 0 to 65535 (0: any free port)',
  ).optional(),
  LISTEN_HOST: text(
    (host) => isIP(host) !== 0 || host === 'localhost',
    'an IP address such as 127.0.0.1 or 0.0.0.0',
  ).default('127.0.0.1'),
  TRUSTED_PROXIES: text(
    (list) => list.split(',').every((one) => isProxy(one.trim())),
    'addresses or subnets with commas between, such as 172.18.0.1 or 10.0.0.0/8, or the names loopback, linklocal, uniquelocal',
  )
    .default('loopback')
    .transform((list) => list.split(',').map((one) => one.trim())),
  DATA_DIR: text((path) => isFolderOrAbsent(path), 'a folder, or a path where one can be made').default('.data'),
  TEMPORAL_ADDRESS: text(isHostAndPort, 'host:port, such as 127.0.0.1:7233').optional(),
  TEMPORAL_NAMESPACE: text(
    (name) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name),
    'a namespace of letters, digits, ., _ and -',
  ).optional(),
  TEMPORAL_TLS: oneOf(['true', 'false', '1', '0']).optional(),
  TEMPORAL_CODEC_KEY: keys('encrypts'),
  TEMPORAL_UI_URL: httpUrl('the address of the Web UI, such as http://127.0.0.1:8233').optional(),
  MONGODB_URI: url(
    ['mongodb:', 'mongodb+srv:'],
    'an address such as mongodb://127.0.0.1:27017/crypto',
    true,
  ).optional(),
  EXCHANGE: oneOf(EXCHANGE_CHOICES).default('auto'),
  EXCHANGE_URL: httpUrl('the address of a running exchange, such as http://127.0.0.1:8080').optional(),
  EXCHANGE_CONTROL_URL: httpUrl('the address of its control port, such as http://127.0.0.1:8081').optional(),
  LIVE_EXCHANGE_URL: httpUrl('the address of a proxy before the real exchange, or of one in its place').optional(),
  EXCHANGE_WEIGHT_SHARE: numeric((n) => n > 0 && n <= 1, 'a fraction above 0 and up to 1').default(1),
  WITHOUT_MODEL: oneOf(WITHOUT_MODEL).default('reduced'),
  ANALYST_URL: httpUrl('the base address of a chat completions server, such as http://127.0.0.1:8080/v1').optional(),
  ANALYST_MODEL: z.string().default('default'),
  ANALYST_API_KEY: z.string().optional(),
  ANALYST_TIMEOUT_MS: numeric((n) => n >= 100 && n <= 30_000, 'milliseconds from 100 to 30000').default(2_000),
  TELEGRAM_BASE_URL: httpUrl('the address of a gateway to Telegram').optional(),
  DISCORD_BASE_URL: httpUrl('the address of a gateway to Discord').optional(),
  MARKET_CACHE_MS: numeric((n) => n >= 1 && n <= 60_000, 'milliseconds from 1 to 60000').default(500),
  SIM_SPEED: numeric(
    (n) => n > 0 && n <= 100_000,
    'a number above 0 and up to 100000 (1: as fast as real time)',
  ).default(60),
  SIM_WEIGHT_LIMIT: numeric((n) => Number.isInteger(n) && n > 0, 'a whole number above 0 (Binance: 6000)').default(
    6000,
  ),
  SIM_DATA_DIR: text(isFolder, 'an existing folder with candle files')
    .transform((path) => resolve(path))
    .optional(),
  MASTER_KEY: keys('seals'),
  ADMIN_EMAIL: text(isEmail, 'an e-mail address').optional(),
  ADMIN_PASSWORD: text(isLongEnough, 'at least 12 characters', true).optional(),
  SIGN_IN_POLICY: oneOf(SIGN_IN_POLICIES).default('basic'),
  DEMO: flag().default(true),
  EMBEDDED: flag().default(false),
  SMTP_URL: url(['smtp:', 'smtps:'], 'an address such as smtp://user:password@mail.example.org:587', true).optional(),
  MAIL_FROM: text(
    (from) => isEmail(/^[^<>\r\n]*<([^<>]+)>$/.exec(from)?.[1] ?? from),
    'an e-mail address, or `Name <address>`',
  ).default('Crypto Trader Pro <no-reply@localhost>'),
  PUBLIC_URL: httpUrl(
    'the address under which users open the dashboard, such as https://trader.example.org',
  ).optional(),
  LINK_URL: httpUrl('an address of the dashboard for links in messages').optional(),
  LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
  WORKFLOW_STACK_TRACES: flag().default(false),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl('the address of an OTLP receiver, such as http://127.0.0.1:4318').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: text(
    (list) => list.split(',').every((one) => /^[\w-]+=/.test(one)),
    'name=value,name=value',
    true,
  )
    .transform((list) => Object.fromEntries(list.split(',').map((one) => [one.split('=')[0], headerValue(one)])))
    .optional(),
  OTEL_SERVICE_NAME: text((name) => /^[\w.-]+$/.test(name), 'a name of letters, digits, ., _ and -').default(
    'crypto-trader-pro',
  ),
  OTEL_TRACES_SAMPLER_ARG: numeric((n) => n <= 1, 'a share from 0 to 1').default(1),
  METRICS_PORT: numeric(
    (n) => Number.isInteger(n) && n <= 65535,
    'a whole number from 0 to 65535 (0: any free port), or nothing for no metrics',
  ).optional(),
});

function tracingOf(v: z.infer<typeof schema>): TracingSettings | undefined {
  const endpoint = v.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint) return undefined;
  return {
    url: `${endpoint}/v1/traces`,
    headers: v.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    service: v.OTEL_SERVICE_NAME,
    sampleRatio: v.OTEL_TRACES_SAMPLER_ARG,
  };
}

function analystOf(v: z.infer<typeof schema>): AnalystSettings | undefined {
  if (!v.ANALYST_URL) return undefined;
  return { url: v.ANALYST_URL, model: v.ANALYST_MODEL, apiKey: v.ANALYST_API_KEY, timeoutMs: v.ANALYST_TIMEOUT_MS };
}

/** Values that are right alone and wrong together. */
function contradictions(env: Environment): string[] {
  const problems: string[] = [];
  if (env['EXCHANGE_CONTROL_URL'] && !env['EXCHANGE_URL'])
    problems.push('EXCHANGE_CONTROL_URL: set without EXCHANGE_URL; give both, or neither to start the local exchange');
  const fromFile = env['TEMPORAL_CONFIG_FILE'] ?? env['TEMPORAL_PROFILE'];
  if (env['TEMPORAL_API_KEY'] && !env['TEMPORAL_ADDRESS'] && !fromFile)
    problems.push('TEMPORAL_API_KEY: set without TEMPORAL_ADDRESS; give the address of the server that it is for');
  const { SIGN_IN_POLICY: policy, ADMIN_PASSWORD: password = '', ADMIN_EMAIL: email } = env;
  const weakness = policy === 'strict' && isLongEnough(password) ? weaknessOf(password, email ?? FIRST_ADMIN) : null;
  if (weakness) problems.push(`ADMIN_PASSWORD: this value ${weakness} (SIGN_IN_POLICY=strict)`);
  return problems;
}

/** The addresses that a process without servers of its own lacks; what is said of Temporal's already is not said twice. */
function missingServers(env: Environment, temporalAddress: string | undefined, said: string[]): string[] {
  const missing: string[] = [];
  if (!env['MONGODB_URI']) missing.push('MONGODB_URI: not set; name the database, or use `npm start`');
  if (!temporalAddress && !said.some((problem) => problem.startsWith('TEMPORAL_'))) missing.push(NO_TEMPORAL);
  return missing;
}

/** Temporal's own reading of its variables. Its profile file is used only when the environment names it. */
function temporalOf(env: Environment, problems: string[]): { connection: TemporalConnection; namespace?: string } {
  const overrideEnvVars = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
  const disableFile = !env['TEMPORAL_CONFIG_FILE'] && !env['TEMPORAL_PROFILE'];
  try {
    const config = loadClientConnectConfig({ overrideEnvVars, disableFile, configFileStrict: true });
    return { connection: config.connectionOptions, namespace: config.namespace };
  } catch (error) {
    problems.push(`TEMPORAL_*: ${(error as Error).message}`);
    return { connection: {} };
  }
}

function environmentWithFile(): Environment {
  const file = join(projectRoot(), '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}

function isUrl(value: string, protocols: string[]): boolean {
  // A replica set's address lists several hosts, which WHATWG's parser refuses: look at the first one only.
  const single = value.replace(/,[^/@]*(?=\/|$)/, '');
  return URL.canParse(single) && protocols.includes(new URL(single).protocol) && new URL(single).hostname !== '';
}

function isMasterKey(value: string): boolean {
  try {
    return parseKeys(value, 'MASTER_KEY').length > 0;
  } catch {
    return false;
  }
}

function isHostAndPort(value: string): boolean {
  const port = /^(?:[A-Za-z0-9_.-]+|\[[0-9a-fA-F:]+\]):([0-9]{1,5})$/.exec(value)?.[1];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65535;
}

const PROXY_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

function isProxy(one: string): boolean {
  const [address = '', bits, more] = one.split('/');
  const size = isIP(address) === 4 ? 32 : 128;
  const isSubnet = bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= size);
  return PROXY_RANGES.includes(one) || (isIP(address) !== 0 && isSubnet && more === undefined);
}

function isEmail(value: string): boolean {
  return /^[^\s@<>,]+@[^\s@<>,]+$/.test(value);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFolderOrAbsent(path: string): boolean {
  return !existsSync(path) || isFolder(path);
}
