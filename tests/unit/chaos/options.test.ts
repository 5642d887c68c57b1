import { HelpAsked, UsageError } from '../../../adapters/commandLine.js';
import { readOptions } from '../../../commands/chaos/options.js';

const table = { kills: { usual: 50, least: 1 }, speed: { usual: 1, least: 0.5, whole: false } };
const wrong = (...args: string[]) => {
  expect(() => readOptions('chaos', args, table)).toThrow(UsageError);
  try {
    readOptions('chaos', args, table);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('options of chaos and soak', () => {
  test('are numbers with usual values', () => {
    expect(readOptions('chaos', [], table)).toEqual({ numbers: { kills: 50, speed: 1 }, json: undefined });
    expect(readOptions('chaos', ['--kills', '3', '--speed=1.5', '--json', 'out.json'], table)).toEqual({
      numbers: { kills: 3, speed: 1.5 },
      json: 'out.json',
    });
  });

  test('that are not right are named, with what would be', () => {
    expect(wrong('--kills', '0')).toBe('--kills 0: give a whole number from 1 on');
    expect(wrong('--kills', '1.5')).toContain('a whole number');
    expect(wrong('--speed', 'fast')).toBe('--speed fast: give a number from 0.5 on');
    expect(wrong('--kils', '3')).toBe("Unknown option '--kils'; --help tells how it is called");
    expect(wrong('--kills')).toContain('--kills');
    expect(wrong('--kills', '--speed')).not.toContain('\n');
  });

  test('are told with their usual values when asked for', () => {
    expect(() => readOptions('chaos', ['--help'], table)).toThrow(
      new HelpAsked('npm run chaos -- [--kills 50] [--speed 1] [--json OUT]; see docs/OPERATIONS.md'),
    );
  });
});
