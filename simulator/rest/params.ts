import { type Amount, parseAmount } from '../amounts.js';
import { errors } from './errors.js';

const CLIENT_ID = '^[a-zA-Z0-9-_]{1,36}$';
const CLIENT_ID_FORM = /^[a-zA-Z0-9-_]{1,36}$/;
const DECIMAL = '^([0-9]{1,20})(\\.[0-9]{1,20})?$';
const DECIMAL_FORM = /^([0-9]{1,20})(\.[0-9]{1,20})?$/;
const WHOLE = '^[0-9]{1,20}$';

/** The parameters of one request, read with Binance's own complaints. */
export interface Params {
  has(name: string): boolean;
  text(name: string): string | undefined;
  required(name: string): string;
  whole(name: string): number | undefined;
  amount(name: string): Amount | undefined;
  /** A decimal above zero that has to be there. */
  requiredAmount(name: string): Amount;
  clientId(name: string): string | undefined;
  oneOf<T extends string>(name: string, values: readonly T[], wrong: () => Error): T | undefined;
  symbols(name: string): string[] | undefined;
  names(): string[];
}

/** Splits query and form body; a name that comes twice is refused as the exchange refuses it. */
export function parseParams(query: string, body: string): Params {
  const values = new Map<string, string>();
  for (const part of query.split('&').concat(body.split('&'))) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = decode(at < 0 ? part : part.slice(0, at));
    if (values.has(name)) throw errors.duplicate();
    values.set(name, at < 0 ? '' : decode(part.slice(at + 1)));
  }
  return paramsOf(values);
}

/** The same over values that are there already: requests of the websocket API. */
export function paramsOf(values: Map<string, string>): Params {
  const text = (name: string) => {
    const value = values.get(name);
    if (value === '') throw errors.empty(name);
    return value;
  };
  const params: Params = {
    has: (name) => values.has(name),
    names: () => [...values.keys()],
    text,
    required(name) {
      const value = values.get(name);
      if (value === undefined || value === '') throw errors.mandatory(name);
      return value;
    },
    whole(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^\d{1,18}$/.test(value)) throw errors.illegalCharacters(name, WHOLE);
      return Number(value);
    },
    amount(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!DECIMAL_FORM.test(value)) throw errors.illegalCharacters(name, DECIMAL);
      const parsed = parseAmount(value);
      if (parsed === null) throw errors.precision(name);
      return parsed;
    },
    requiredAmount(name) {
      params.required(name);
      const value = params.amount(name) as Amount;
      if (value <= 0n) throw /quantity/i.test(name) || /Qty$/.test(name) ? errors.quantity() : errors.price();
      return value;
    },
    clientId(name) {
      const value = text(name);
      if (value !== undefined && !CLIENT_ID_FORM.test(value)) throw errors.illegalCharacters(name, CLIENT_ID);
      return value;
    },
    oneOf(name, allowed, wrong) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!(allowed as readonly string[]).includes(value)) throw wrong();
      return value as (typeof allowed)[number];
    },
    symbols(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      const form = '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$';
      if (!/^\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}")*)?\]$/.test(value))
        throw errors.illegalCharacters(name, form);
      return JSON.parse(value) as string[];
    },
  };
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw errors.illegalCharacters('query', '^[\\x20-\\x7E]*$');
  }
}
