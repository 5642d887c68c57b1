/** The part of a pino logger that is used here; never told a secret or an address with a query. */
export interface ExchangeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
