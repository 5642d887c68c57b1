/** Numbers from the command line, read alike by chaos, soak and fuzz. */
import { orExit, readArguments, UsageError } from '../../adapters/commandLine.js';

export interface NumberOption {
  /** Taken where the option is not given. */
  usual: number;
  least: number;
  /** Whether only whole numbers are right; true unless said. */
  whole?: boolean;
}

/**
 * Every option of `table` as a number, and `--json FILE`, which all these commands know.
 * @param command as npm knows it; with the table it makes the usage that --help prints
 * @throws UsageError for an unknown option, a missing value, a number that is none, too small or not whole
 */
export function readOptions<Name extends string>(
  command: string,
  args: readonly string[],
  table: Readonly<Record<Name, NumberOption>>,
): { numbers: Record<Name, number>; json: string | undefined } {
  const names = Object.keys(table) as Name[];
  const options = Object.fromEntries([...names, 'json'].map((name) => [name, { type: 'string' as const }]));
  const { values } = readArguments(usageOf(command, table), options, { args });
  const numbers = Object.fromEntries(names.map((name) => [name, numberOf(name, values[name], table[name])])) as Record<
    Name,
    number
  >;
  return { numbers, json: values['json'] };
}

/** The same for a command's own arguments: what is wrong goes to stderr and ends the process with 2, help with 0. */
export function optionsOrExit<Name extends string>(command: string, table: Readonly<Record<Name, NumberOption>>) {
  return orExit(() => readOptions(command, process.argv.slice(2), table));
}

function usageOf(command: string, table: Readonly<Record<string, NumberOption>>): string {
  const numbers = Object.entries(table).map(([name, { usual }]) => `[--${name} ${usual}]`);
  return `npm run ${command} -- ${numbers.join(' ')} [--json OUT]; see docs/OPERATIONS.md`;
}

function numberOf(name: string, given: string | undefined, { usual, least, whole = true }: NumberOption): number {
  if (given === undefined) return usual;
  const value = Number(given);
  if (given.trim() !== '' && Number.isFinite(value) && value >= least && (!whole || Number.isInteger(value)))
    return value;
  throw new UsageError(`--${name} ${given}: give a ${whole ? 'whole number' : 'number'} from ${least} on`);
}
