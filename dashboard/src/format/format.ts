/** Numbers, money, times and durations in the reader's language and time zone. Built once per language and zone. */
export function createFormat(locale: string, timeZone: string) {
  const tag = locale === 'ko' ? 'ko-KR' : 'en-GB';
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC';
  const numbers = new Map<string, Intl.NumberFormat>();
  const number = (value: unknown, digits = 2, options: Intl.NumberFormatOptions = {}) => {
    const amount = toNumber(value);
    if (amount === null) return '–';
    const key = `${digits} ${options.signDisplay ?? ''} ${options.minimumFractionDigits ?? ''} ${options.notation ?? ''}`;
    let format = numbers.get(key);
    if (!format) numbers.set(key, (format = new Intl.NumberFormat(tag, { maximumFractionDigits: digits, ...options })));
    return format.format(amount);
  };
  const fixed = (value: unknown, digits: number, signed = false) =>
    number(value, digits, { minimumFractionDigits: digits, signDisplay: signed ? 'exceptZero' : 'auto' });
  const dateOf = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(tag, { timeZone: zone, hourCycle: 'h23', ...options });
    return (value: string | number | null | undefined) => {
      const date = value === null || value === undefined ? Number.NaN : new Date(value).getTime();
      return Number.isNaN(date) ? '–' : format.format(date);
    };
  };
  const day = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  return {
    tag,
    timeZone: zone,
    number,
    money: (value: unknown) => fixed(value, 2),
    signedMoney: (value: unknown) => fixed(value, 2, true),
    percent: (value: unknown, digits = 2) => (toNumber(value) === null ? '–' : `${fixed(value, digits)} %`),
    signedPercent: (value: unknown) => (toNumber(value) === null ? '–' : `${fixed(value, 2, true)} %`),
    /** A price with as many digits as its size calls for. */
    price: (value: unknown) => {
      const size = Math.abs(toNumber(value) ?? 0);
      return number(value, size >= 1000 ? 2 : size >= 1 ? 4 : 8, size >= 1 ? { minimumFractionDigits: 2 } : {});
    },
    quantity: (value: unknown) => number(value, 8),
    signedQuantity: (value: unknown) => number(value, 8, { signDisplay: 'exceptZero' }),
    dateTime: dateOf({ ...day, ...clock }),
    shortDateTime: dateOf({ month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }),
    stamp: dateOf({ month: '2-digit', day: '2-digit', ...clock }),
    date: dateOf(day),
    dayMonth: dateOf({ month: '2-digit', day: '2-digit' }),
    clock: dateOf({ hour: '2-digit', minute: '2-digit' }),
    time: dateOf(clock),
    month: dateOf({ year: 'numeric', month: 'short' }),
    duration: (seconds: number | null | undefined) => duration(seconds, locale),
  };
}

export type Format = ReturnType<typeof createFormat>;

/** The two largest units that matter: `2d 4h`, `5m 12s`. `seconds` may be null where nothing is known. */
function duration(seconds: number | null | undefined, locale: string): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  const units = locale === 'ko' ? ['일', '시간', '분', '초'] : ['d', 'h', 'm', 's'];
  const total = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(total / 86400), Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60];
  const first = Math.min(parts.findIndex((part) => part > 0) < 0 ? 3 : parts.findIndex((part) => part > 0), 3);
  return parts
    .slice(first, first + 2)
    .map((part, index) => `${part}${units[first + index]}`)
    .join(' ');
}

/** A finite number from a number or a decimal string, else null. */
export function toNumber(value: unknown): number | null {
  const amount = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof amount === 'number' && Number.isFinite(amount) ? amount : null;
}

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone !== '';
  } catch {
    return false;
  }
}

/** `up`, `down` or nothing: the class for a gain or a loss. */
export const gainClass = (value: unknown) => {
  const amount = toNumber(value) ?? 0;
  return amount > 0 ? 'up' : amount < 0 ? 'down' : '';
};

/** ISO 8601 of what was typed into a datetime-local field (the browser's time zone); undefined where that is no time. */
export function instant(local: string): string | undefined {
  const time = local === '' ? Number.NaN : new Date(local).getTime();
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
