/** Numbers from the command line, read alike by chaos and soak. */
import { parseArgs } from 'node:util';

export interface NumberOption {
  /** Taken where the option is not given. */
  usual: number;
  least: number;
  /** Whether only whole numbers are right; true unless said. */
  whole?: boolean;
}

/** A command line that is not right; the message names the option and what would be. */
export class WrongOption extends Error {
  override readonly name = 'WrongOption';
}

/**
 * Every option of `table` as a number, and `--json FILE`, which both commands know.
 * @throws WrongOption for an unknown option, a missing value, a number that is none, too small or not whole
 */
export function readOptions<Name extends string>(
  args: readonly string[],
  table: Readonly<Record<Name, NumberOption>>,
): { numbers: Record<Name, number>; json: string | undefined } {
  const names = Object.keys(table) as Name[];
  const options = Object.fromEntries([...names, 'json'].map((name) => [name, { type: 'string' as const }]));
  const values = parsed(args, options);
  const numbers = Object.fromEntries(names.map((name) => [name, numberOf(name, values[name], table[name])])) as Record<
    Name,
    number
  >;
  return { numbers, json: values['json'] };
}

/** The same for a command's own arguments: what is wrong goes to stderr and ends the process with 2. */
export function optionsOrExit<Name extends string>(table: Readonly<Record<Name, NumberOption>>) {
  try {
    return readOptions(process.argv.slice(2), table);
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

function parsed(
  args: readonly string[],
  options: Record<string, { type: 'string' }>,
): Record<string, string | undefined> {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new WrongOption(`${(error as Error).message} (options: ${names.join(', ')})`);
  }
}

function numberOf(name: string, given: string | undefined, { usual, least, whole = true }: NumberOption): number {
  if (given === undefined) return usual;
  const value = Number(given);
  if (given.trim() !== '' && Number.isFinite(value) && value >= least && (!whole || Number.isInteger(value)))
    return value;
  throw new WrongOption(`--${name} ${given}: give a ${whole ? 'whole number' : 'number'} from ${least} on`);
}
