import type { Settings } from '../adapters/settings.js';
import type { ApiReady } from './product.js';

/** How to sign in. Passwords that were made just now are shown this once; the database holds only their hashes. */
export function signInLines(
  { credentials, demo, administrators }: Pick<ApiReady, 'credentials' | 'demo' | 'administrators'>,
  { adminEmail, adminPassword }: Pick<Settings, 'adminEmail' | 'adminPassword'>,
): string[] {
  if (!credentials) return [...accountsLines(administrators ?? [], adminEmail), ''];
  const words = credentials.password === adminPassword ? 'with ADMIN_PASSWORD' : `password  ${credentials.password}`;
  const isShown = demo || credentials.password !== adminPassword;
  return [
    `  Sign in as    ${credentials.email.padEnd(16)}  ${words}`,
    ...(demo ? [`  or as         ${demo.email.padEnd(16)}  password  ${demo.password}   (${demoWords(demo)})`] : []),
    ...(isShown ? ['                Passwords are shown only this once.'] : []),
    '',
  ];
}

const MOST_NAMED = 3;

/** Accounts that were there already: ADMIN_EMAIL made one of them, or none. */
function accountsLines(administrators: readonly string[], adminEmail: string | undefined): string[] {
  const more = administrators.length - MOST_NAMED;
  const named = administrators.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const whose =
    administrators.length > 1
      ? "that account's password"
      : 'the password of the first start, or what it was changed to';
  const isOther = adminEmail !== undefined && !administrators.includes(adminEmail.toLowerCase());
  return [
    `  Sign in as    ${named || 'the administrator'} with ${whose}`,
    ...(isOther
      ? [`                ADMIN_EMAIL (${adminEmail}) counts only where there is no administrator yet.`]
      : []),
  ];
}

function demoWords({ symbols }: NonNullable<ApiReady['demo']>): string {
  if (!symbols) return 'trades with paper money already';
  return `trades ${symbols.join(', ')} with paper money already: the usual symbols are not listed here`;
}
