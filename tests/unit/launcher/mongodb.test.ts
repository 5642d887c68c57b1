import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mongodbSpec } from '../../../launcher/servers/mongodb.js';
import { temporaryFolder } from '../../support/folders.js';

describe('the embedded database', () => {
  const folder = temporaryFolder('mongodb-spec');
  const python = join(folder.path, 'python3.11');
  const program = (firstLine: string): string => {
    const path = join(folder.path, 'secantusd-py');
    writeFileSync(path, `${firstLine}\nprint()\n`);
    return path;
  };
  const started = (command: string, flavour: 'secantus' | 'mongod' = 'secantus') =>
    mongodbSpec({ flavour, origin: 'pip', command, env: { PYTHONPATH: '/lib' } }, folder.path, 27_017);

  beforeAll(() => {
    writeFileSync(python, '');
    chmodSync(python, 0o755);
  });
  afterAll(() => folder.remove());

  test('is started without a sweep of its own, with every write in its journal, alone, and with 64 MB of cache', () => {
    const { command, args, env } = started(program(`#!${python}`));
    expect(command).toBe(python);
    expect(args.slice(0, 2)).toEqual(['-c', expect.stringContaining('ttl_sweep_seconds=0')]);
    expect(args[1]).toContain("log_flush('sync=on')");
    expect(args).toEqual(expect.arrayContaining(['--standalone', '--cache-size', '64M', '--port', '27017']));
    expect(env).toMatchObject({ PYTHONPATH: '/lib' });
  });

  test.each(['#!/bin/sh', '#!/no/such/python3', 'print()'])(
    'is started as it is where its first line is %s',
    (line) => {
      const command = program(line);
      expect(started(command).command).toBe(command);
      expect(started(command).args).toEqual(expect.arrayContaining(['--standalone', '--port', '27017']));
    },
  );

  test('is a mongod where there is one, with a mongod’s arguments', () => {
    const { command, args } = started('/usr/bin/mongod', 'mongod');
    expect(command).toBe('/usr/bin/mongod');
    expect(args).toEqual([
      '--bind_ip',
      '127.0.0.1',
      '--dbpath',
      join(folder.path, 'mongodb', 'mongod'),
      '--port',
      '27017',
    ]);
  });
});
