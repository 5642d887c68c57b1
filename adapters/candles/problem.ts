/** The exchange could not be asked for candles; the message is all that the user needs to see. */
export class ExchangeProblem extends Error {
  override readonly name = 'ExchangeProblem';
}

/** What an error of ccxt means to someone who downloads candles, with what to do; null where it is something else. */
export function exchangeProblem(error: unknown, symbol: string, url: string | undefined): ExchangeProblem | null {
  if (!(error instanceof Error)) return null;
  const venue = url ?? 'Binance';
  const again = 'what came so far is saved, the same command goes on from there';
  // ccxt puts the whole request before what went wrong.
  const cause = error.message.replace(/^binance (?:GET \S+ )?/, '').slice(0, 200);
  if (error.name === 'BadSymbol') return new ExchangeProblem(`${venue} does not list ${symbol}`);
  if (['RateLimitExceeded', 'DDoSProtection'].includes(error.name))
    return new ExchangeProblem(`${venue} refuses requests for now (${cause}); wait some minutes: ${again}`);
  if (['NetworkError', 'RequestTimeout', 'ExchangeNotAvailable', 'OnMaintenance'].includes(error.name))
    return new ExchangeProblem(
      `${venue} cannot be reached (${cause}); is EXCHANGE_URL right, is the network there? ${again[0]!.toUpperCase()}${again.slice(1)}`,
    );
  if (['ExchangeError', 'BadRequest', 'BadResponse', 'PermissionDenied'].includes(error.name))
    return new ExchangeProblem(`${venue} answers: ${cause}`);
  return null;
}
