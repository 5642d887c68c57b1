/** A field's value as a reader wants it: grouped digits, percent signs, words of the language; '' for nothing. */
export function formatValue(field: string, value: unknown, words: Readonly<Record<string, string>>): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return words[String(value)] ?? String(value);
  const text = typeof value === 'number' ? numberText(value) : plain(String(value)).slice(0, LONGEST);
  if (!/^-?\d+(\.\d+)?$/.test(text)) return words[text] ?? text;
  if (TEXT_FIELDS.has(field)) return text;
  const number = grouped(shortened(text));
  if (SIGNED.has(field)) return `${text.startsWith('-') ? '' : '+'}${number}${field.endsWith('Pct') ? ' %' : ''}`;
  return field.endsWith('Pct') ? `${number} %` : number;
}

/** 1234567.50 as 1,234,567.50, without going through a float. */
export function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

/** Two decimals from 1 up, four digits below, whole numbers as they are. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value.toFixed(0);
  if (Math.abs(value) >= 1) return value.toFixed(2);
  return value
    .toFixed(Math.min(12, 3 - Math.floor(Math.log10(Math.abs(value)))))
    .replace(/0+$/, '')
    .replace(/\.$/, '');
}

/** At most eight decimals, as exchanges have them. */
function shortened(decimal: string): string {
  return decimal
    .replace(/(\.\d{8})\d+$/, '$1')
    .replace(/(\.\d*?)0{6,}$/, '$1')
    .replace(/\.$/, '');
}

const LONGEST = 500;
const SIGNED = new Set(['pnl', 'pnlPct', 'dailyPnl', 'dailyPnlPct', 'lossPct']);
const TEXT_FIELDS = new Set(['reason', 'message', 'code', 'component', 'day']);

/** One line: control characters, line breaks among them, become spaces, so that nothing can be injected anywhere. */
export function plain(text: string): string {
  return text.replace(CONTROL, ' ').replace(/ {2,}/g, ' ').trim();
}

const CONTROL = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]', 'g');
