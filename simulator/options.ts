import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { readArguments, UsageError } from '../adapters/commandLine.js';

export interface SimulatorOptions {
  /** undefined = the default, which gives way to a free one; 0 = any free one. */
  port?: number;
  controlPort?: number;
  /** Where REST and streams listen, and where the control port does: loopback unless told otherwise. */
  host: string;
  controlHost: string;
  dataDir: string;
  stateDir: string;
  speed: number;
  weightLimit: number;
  feedUrl?: string;
  announce?: string;
}

/** A value that is wrong, or cannot be had here. */
export class WrongOption extends UsageError {}

const USAGE =
  'npm run simulator -- [--port P] [--control-port C] [--data-dir D] [--state-dir S] [--speed X] [--weight-limit W] [--feed-url URL] [--announce FILE] [--host H] [--control-host H]';

/** Reads `--name value` and `--name=value`; every wrong value is named, as a UsageError. */
export function parseOptions(args: readonly string[]): SimulatorOptions {
  const options = Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }]));
  const values = new Map(Object.entries(readArguments(USAGE, options, { args }).values) as [string, string][]);
  for (const [name, value] of values) if (value === '') throw new WrongOption(`--${name} needs a value`);
  const feedUrl = values.get('feed-url');
  if (feedUrl !== undefined && !/^https?:\/\/[^/]+/.test(feedUrl))
    throw new WrongOption(`--feed-url has to be an http address, not ${feedUrl}`);
  const speed = numeric(values, 'speed', 0.001, 1_000_000) ?? (feedUrl === undefined ? 60 : 1);
  if (feedUrl !== undefined && speed !== 1)
    throw new WrongOption(`a live feed runs in real time: --speed has to be 1 with --feed-url, not ${speed}`);
  return {
    port: port(values, 'port'),
    controlPort: port(values, 'control-port'),
    host: values.get('host') ?? '127.0.0.1',
    controlHost: values.get('control-host') ?? '127.0.0.1',
    dataDir: resolve(values.get('data-dir') ?? packaged('data')),
    stateDir: resolve(values.get('state-dir') ?? '.data/simulator'),
    speed,
    weightLimit: numeric(values, 'weight-limit', 1, 1_000_000_000) ?? 6_000,
    feedUrl,
    announce: values.get('announce'),
  };
}

const NAMES = [
  'port',
  'control-port',
  'data-dir',
  'state-dir',
  'speed',
  'weight-limit',
  'feed-url',
  'announce',
  'host',
  'control-host',
] as const;

function numeric(values: Map<string, string>, name: string, low: number, high: number): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < low || value > high)
    throw new WrongOption(`--${name} has to be a number from ${low} to ${high}, not ${text}`);
  return value;
}

function port(values: Map<string, string>, name: string): number | undefined {
  const value = numeric(values, name, 0, 65_535);
  if (value !== undefined && !Number.isInteger(value))
    throw new WrongOption(`--${name} has to be a whole number, not ${value}`);
  return value;
}

/** A folder of the package, seen from the sources as well as from dist/. */
function packaged(name: string): string {
  const candidates = ['..', '../..'].map((up) => fileURLToPath(new URL(`${up}/${name}`, import.meta.url)));
  return candidates.find((path) => existsSync(path)) ?? (candidates[0] as string);
}
