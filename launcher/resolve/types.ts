/** The servers that `npm start` brings along. */
export type ServerName = 'temporal' | 'mongodb';

/** Which program it is: they are started with different arguments and keep their data in different forms. */
export type Flavour = 'temporal' | 'mongod' | 'secantus';

export type Origin = 'path' | 'cache' | 'download' | 'pip';

/** A server program that can be started. */
export interface Program {
  flavour: Flavour;
  origin: Origin;
  command: string;
  /** To be added to the environment: PYTHONPATH for what pip installed. */
  env: Record<string, string>;
}

/** What was tried before a server was found, in words for a person. */
export interface Attempt {
  step: string;
  outcome: string;
}

export interface ResolveOptions {
  env?: NodeJS.ProcessEnv;
  /** Where downloads are kept; the user's cache folder by default. */
  cache?: string;
  /** Told what is going on, for the progress display. */
  say?: (text: string) => void;
  /** The data directory already holds data of this program: others are not considered, they could not read it. */
  only?: Flavour;
  signal?: AbortSignal;
}

/** Every way failed; the message lists them and says how to point at a server. */
export class NoServer extends Error {
  constructor(
    readonly server: ServerName,
    title: string,
    variable: string,
    example: string,
    readonly attempts: Attempt[],
  ) {
    const tried = attempts.map(({ step, outcome }) => `  - ${step}: ${outcome}`).join('\n');
    super(
      `${title}: no server could be found or started. Tried:\n${tried}\n  Set ${variable} to a running server, such as ${example}.`,
    );
    this.name = 'NoServer';
  }
}
