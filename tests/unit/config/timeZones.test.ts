import { isTimeZone, zoneName } from '../../../adapters/config/timeZones.js';
import { tradingConfig, BUILT_IN } from '../../../adapters/config/tradingConfig.js';

/** Aliases and odd spellings; Intl lists none of these. */
const OTHERS = [
  ...['UTC', 'GMT', 'Etc/UTC', 'Etc/GMT+9', 'GB-Eire', 'NZ-CHAT', 'W-SU', 'EST5EDT', 'US/Eastern', 'PRC', 'Zulu'],
  ...['Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv', 'Europe/Isle_of_Man', 'Asia/Ho_Chi_Minh', 'America/Knox_IN'],
  ...['America/Argentina/ComodRivadavia', 'Antarctica/South_Pole', 'Brazil/DeNoronha', 'Australia/ACT'],
];

test('a time zone is spelled as in the IANA database, whatever its case was, and an alias stays one', () => {
  for (const name of [...Intl.supportedValuesOf('timeZone'), ...OTHERS])
    for (const given of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(isTimeZone(given)).toBe(true);
      expect(zoneName(given)).toBe(name);
    }
});

test('what is no time zone is left for the check to refuse', () => {
  for (const name of ['Nowhere/Town', '+09:00', ''])
    expect([isTimeZone(name), zoneName(name)[0]]).toEqual([false, name[0]]);
});

test('settings hold the spelling, not what was typed', () => {
  expect(tradingConfig.parse({ ...BUILT_IN, timeZone: 'asia/seoul' }).timeZone).toBe('Asia/Seoul');
});
