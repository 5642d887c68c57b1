/** Names of time zones as the IANA database spells them: other programs' libraries are strict about case. */

export function isTimeZone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && officialName(name) !== null; // offsets such as +09:00 know no daylight saving
}

/** The name with its case put right; an alias such as Asia/Kolkata stays one. What is no zone is given back as it is. */
export function zoneName(name: string): string {
  const official = officialName(name);
  if (official === null) return name;
  return isSameName(official, name) ? official : spelled(name);
}

function officialName(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Words of zone names that do not simply begin with a capital. */
const WORDS = new Map(
  [
    'of es au ACT ComodRivadavia DumontDUrville McMurdo EasterIsland BajaNorte BajaSur DeNoronha IN LHI NSW CHAT SU',
    'UTC UCT GMT GMT0 GB NZ US PRC ROC ROK CET EET MET WET EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT',
  ]
    .join(' ')
    .split(' ')
    .map((word) => [word.toLowerCase(), word]),
);

/** Intl tells an alias's own spelling nowhere. */
const spelled = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[a-z][a-z0-9]*/g, (word) => WORDS.get(word) ?? word.charAt(0).toUpperCase() + word.slice(1));
