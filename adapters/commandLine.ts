import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A command that was called wrongly; its message is all that the user needs to see. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command that was asked how it is called: the answer goes to the standard output, and nothing is wrong. */
export class HelpAsked extends Error {
  override readonly name = 'HelpAsked';
}

export type CommandOptions = NonNullable<ParseArgsConfig['options']>;
type Read<Options extends CommandOptions> = ReturnType<typeof parseArgs<{ options: Options; allowPositionals: true }>>;

/**
 * What a command was called with: the values of its options, and its names where `names` allows any. Every command knows
 * `--help`.
 * @throws HelpAsked with the usage for --help, UsageError of one line for whatever is not understood
 */
export function readArguments<const Options extends CommandOptions>(
  usage: string,
  options: Options,
  { args = process.argv.slice(2), names = false }: { args?: readonly string[]; names?: boolean } = {},
): Read<Options> {
  try {
    const known: CommandOptions = { ...options, help: { type: 'boolean' } };
    const { values, positionals } = parseArgs({ args: [...args], options: known, allowPositionals: names });
    if (values['help']) throw new HelpAsked(usage);
    return { values, positionals } as unknown as Read<Options>;
  } catch (error) {
    if (error instanceof HelpAsked) throw error;
    // What follows the first sentence is advice on dashes in values.
    const [said] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`${said}; --help tells how it is called`);
  }
}

/** The same for a program that has no other end: help ends it with 0, a wrong call with 2. */
export function argumentsOrExit<const Options extends CommandOptions>(
  usage: string,
  options: Options,
  { names = false }: { names?: boolean } = {},
): Read<Options> {
  return orExit(() => readArguments(usage, options, { names }));
}

/** What `read` makes of the command line; where it cannot, the process ends as the command line asks for. */
export function orExit<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof HelpAsked) console.log(error.message);
    else if (error instanceof UsageError) console.error(error.message);
    else throw error;
    process.exit(error instanceof HelpAsked ? 0 : 2);
  }
}
