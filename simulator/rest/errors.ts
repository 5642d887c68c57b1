/** An error in Binance's own words. `status` is the HTTP status that the exchange uses with that code. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly status = 400,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** Codes and texts word for word as Binance's spot API documents and sends them. */
export const errors = {
  unknownSymbol: () => new ApiError(-1121, 'Invalid symbol.'),
  mandatory: (name: string) =>
    new ApiError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`),
  eitherMandatory: (a: string, b: string) =>
    new ApiError(-1102, `Param '${a}' or '${b}' must be sent, but both were empty/null!`),
  empty: (name: string) => new ApiError(-1105, `Parameter '${name}' was empty.`),
  notRequired: (name: string) => new ApiError(-1106, `Parameter '${name}' sent when not required.`),
  tooManyParameters: (expected: number, sent: number) =>
    new ApiError(-1101, `Too many parameters; expected '${expected}' and received '${sent}'.`),
  duplicate: () => new ApiError(-1101, 'Duplicate values for a parameter detected.'),
  unread: (read: number, sent: number) =>
    new ApiError(-1104, `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent}'.`),
  illegalCharacters: (name: string, range: string) =>
    new ApiError(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`),
  precision: (name: string) => new ApiError(-1111, `Parameter '${name}' has too much precision.`),
  invalidValue: (name: string) => new ApiError(-1130, `Data sent for parameter '${name}' is not valid.`),
  timeInForce: () => new ApiError(-1115, 'Invalid timeInForce.'),
  orderType: () => new ApiError(-1116, 'Invalid orderType.'),
  side: () => new ApiError(-1117, 'Invalid side.'),
  interval: () => new ApiError(-1120, 'Invalid interval.'),
  dayAtMost: () => new ApiError(-1127, 'More than 24 hours between startTime and endTime.'),
  combination: () => new ApiError(-1128, 'Combination of optional parameters invalid.'),
  startAfterEnd: () => new ApiError(-1100, 'Start time is greater than end time.'),
  recvWindow: () => new ApiError(-1131, 'recvWindow must be less than 60000.'),
  outsideWindow: () => new ApiError(-1021, 'Timestamp for this request is outside of the recvWindow.'),
  ahead: () => new ApiError(-1021, "Timestamp for this request was 1000ms ahead of the server's time."),
  signature: () => new ApiError(-1022, 'Signature for this request is not valid.'),
  keyFormat: () => new ApiError(-2014, 'API-key format invalid.', 401),
  keyRejected: () => new ApiError(-2015, 'Invalid API-key, IP, or permissions for action.', 401),
  quantity: () => new ApiError(-1013, 'Invalid quantity.'),
  price: () => new ApiError(-1013, 'Invalid price.'),
  filter: (name: string) => new ApiError(-1013, `Filter failure: ${name}`),
  notSupported: (what: string) => new ApiError(-1013, `${what} not supported for this symbol.`),
  rejected: (text: string) => new ApiError(-2010, text),
  balance: () => new ApiError(-2010, 'Account has insufficient balance for requested action.'),
  triggersAtOnce: () => new ApiError(-2010, 'Stop price would trigger immediately.'),
  matchesAtOnce: () => new ApiError(-2010, 'Order would immediately match and take.'),
  marketClosed: () => new ApiError(-2010, 'Market is closed.'),
  duplicateOrder: () => new ApiError(-2010, 'Duplicate order sent.'),
  priceRelation: () => new ApiError(-2010, 'The relationship of the prices for the orders is not correct.'),
  unknownCancel: () => new ApiError(-2011, 'Unknown order sent.'),
  noOrder: () => new ApiError(-2013, 'Order does not exist.'),
  noList: () => new ApiError(-2018, 'Order list does not exist.'),
  weight: (limit: number, retryAfter: number) =>
    new ApiError(
      -1003,
      `Too much request weight used; current limit is ${limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`,
      429,
      retryAfter,
    ),
  banned: (until: number, retryAfter: number) =>
    new ApiError(
      -1003,
      `Way too much request weight used; IP banned until ${until}. Please use WebSocket Streams for live updates to avoid bans.`,
      418,
      retryAfter,
    ),
  tooManyOrders: (limit: number, span: string, retryAfter: number) =>
    new ApiError(-1015, `Too many new orders; current limit is ${limit} orders per ${span}.`, 429, retryAfter),
  unknownOutcome: () =>
    new ApiError(
      -1007,
      'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
      504,
    ),
};
