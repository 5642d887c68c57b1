// npm runs every command in the package's folder, and says in INIT_CWD where it was called.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Options that name something to read or to go on with: what only the package's folder has is taken from there. */
const FOUND = ['data', 'detail', 'model', 'cross', 'dir', 'data-dir', 'state-dir'];
/** Options that name a file to write. */
const WRITTEN = ['json', 'html', 'out', 'predictions', 'page', 'save-model', 'announce'];
/** --from is a time elsewhere. */
const FOUND_BY_ENTRY = { 'commands/restore': ['from'] };

/**
 * A command's arguments with the paths in them as the caller meant them: relative to the folder in which npm was called.
 * @param {string} entry such as commands/backtest
 * @param {readonly string[]} args
 * @param {{ calledIn: string | undefined, root: string }} folders INIT_CWD, and the package's folder
 * @returns {string[]}
 */
export function asCallerMeant(entry, args, { calledIn, root }) {
  if (!calledIn || resolve(calledIn) === root || process.cwd() !== root) return [...args];
  const found = [...FOUND, ...(FOUND_BY_ENTRY[entry] ?? [])];
  const place = (name, path) => {
    const [own, packaged] = [resolve(calledIn, path), resolve(root, path)];
    const probed = found.includes(name) ? (at) => at : dirname;
    return !existsSync(probed(own)) && existsSync(probed(packaged)) ? packaged : own;
  };
  const isPath = (name) => found.includes(name) || WRITTEN.includes(name);
  return args.map((arg, index) => {
    const [, name, path] = /^--([a-z-]+)=(.+)$/s.exec(arg) ?? [];
    if (name) return isPath(name) ? `--${name}=${place(name, path)}` : arg;
    const [, before] = /^--([a-z-]+)$/.exec(args[index - 1] ?? '') ?? [];
    return before && isPath(before) && arg !== '' && !arg.startsWith('-') ? place(before, arg) : arg;
  });
}
