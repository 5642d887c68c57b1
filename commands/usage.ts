import { statSync, writeFileSync } from 'node:fs';
import { HelpAsked, UsageError } from '../adapters/commandLine.js';
import { parseTime } from '../trading/parseTime.js';

export { argumentsOrExit, readArguments, UsageError } from '../adapters/commandLine.js';

/** Errors whose message is all that a user needs to mend them. */
const EXPECTED = [
  ...['CandleFileError', 'MarketDataError', 'ExchangeProblem', 'OutputError'],
  ...['BackupError', 'WrongMasterKey', 'SecretUnreadable', 'LearningDataError'],
];

/** Runs a command. What a user can mend is printed as one line, with exit code 2 for a wrong call and 1 for the rest. */
export async function runCommand(main: () => Promise<void> | void): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof HelpAsked) return console.log(error.message);
    const wrongCall = ['UsageError', 'StrategyError'].includes(error.name);
    const expected = wrongCall || EXPECTED.includes(error.name);
    console.error(expected ? `${error.message}` : error);
    process.exitCode = wrongCall ? 2 : 1;
  }
}

/** A number from an option, or a UsageError that names it and its range. */
export function numberOption(
  name: string,
  text: string | undefined,
  fallback: number,
  { min, max, integer = false }: { min: number; max: number; integer?: boolean },
): number {
  if (text === undefined) return fallback;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max && (!integer || Number.isInteger(value))) return value;
  throw new UsageError(
    `--${name} must be ${integer ? 'a whole number' : 'a number'} from ${min} to ${max}, not "${text}"`,
  );
}

/** A time from an option, ms: ISO 8601 (UTC where no zone is given), or undefined. */
export function timeOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (Number.isNaN(time)) throw new UsageError(`--${name} must be a time such as 2024-08-01T00:00:00Z, not "${text}"`);
  return time;
}

/** Paths by the option that names them; an option may be absent, or be given more than once. */
type Paths = Record<string, string | readonly string[] | undefined>;

/** Refuses to write over a file that is read, by whatever path or link it is named. Devices may be both. */
export function keepInputs(inputs: Paths, outputs: Paths): void {
  for (const [out, path] of pathsOf(outputs))
    for (const [option, input] of pathsOf(inputs))
      if (sameFile(path, input))
        throw new UsageError(`--${out} ${path} is the file of --${option}: it would be written over`);
}

const pathsOf = (paths: Paths): [string, string][] =>
  Object.entries(paths).flatMap(([name, given = []]) => [given].flat().map((path): [string, string] => [name, path]));

function sameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.isFile() && a.dev === b.dev && a.ino === b.ino;
}

/** A report that cannot be written where it was asked for. */
class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** Writes a report; a folder that is not there or not writable is told in one line. */
export function writeReport(option: string, path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new OutputError(`--${option} ${path} cannot be written: ${(error as Error).message}`);
  }
}
