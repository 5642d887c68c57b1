import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HelpAsked, readArguments, UsageError } from '../../../adapters/commandLine.js';
import { projectRoot } from '../../../adapters/paths.js';
import { callCommand } from '../../support/command.js';

const folder = mkdtempSync(join(tmpdir(), 'help-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { scripts } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
/** Commands of our own with their entries in dist/; the rest are tools, or made of these. */
const COMMANDS = Object.entries(scripts).flatMap(([name, script]): [string, string][] => {
  const [, entry] = /^node scripts\/run\.mjs (\S+)$/.exec(script) ?? [];
  return entry ? [[name, entry]] : [];
});

const call = (entry: string, option: string) => callCommand(entry, [option], { cwd: folder });

describe('every command of package.json', () => {
  test('is among those that are asked here', () => {
    expect(COMMANDS.map(([name]) => name)).toEqual(
      expect.arrayContaining(['start', 'backtest', 'campaign', 'candles']),
    );
    expect(COMMANDS.length).toBeGreaterThanOrEqual(26);
  });

  test.each(COMMANDS)('%s prints how it is called when asked, and ends with 0', async (name, entry) => {
    const { code, out, said } = await call(entry, '--help');
    expect([code, said]).toEqual([0, '']);
    expect(out).toContain(name === 'start' ? 'npm start' : `npm run ${name}`);
  });

  test.each(COMMANDS)('%s names an option that it does not know in one line, and ends with 2', async (_name, entry) => {
    const { code, out, said } = await call(entry, '--no-such-option');
    expect([code, out, said]).toEqual([
      2,
      '',
      expect.stringMatching(/^[^\n]*Unknown option '--no-such-option'[^\n]*\n$/),
    ]);
  });
});

describe('the arguments of a command', () => {
  const read = (...args: string[]) => readArguments('npm run it', { speed: { type: 'string' } }, { args });

  test('are values by name', () => {
    expect(read('--speed=9').values.speed).toBe('9');
    expect(readArguments('', {}, { args: ['one', 'two'], names: true }).positionals).toEqual(['one', 'two']);
  });

  test('are told when asked for', () => {
    expect(() => read('--help')).toThrow(new HelpAsked('npm run it'));
  });

  test.each([[['--sped', '9']], [['--speed']], [['--speed', '--fast']], [['nine']]])(
    'that are not understood are named in one line: %j',
    (args) => {
      expect(() => read(...args)).toThrow(UsageError);
      expect(() => read(...args)).toThrow(new RegExp(`^[^\\n]*${args[0]}[^\\n]*; --help tells how it is called$`));
    },
  );
});
