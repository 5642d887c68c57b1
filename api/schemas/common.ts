/** Pieces that many routes share. */
import { z } from 'zod';
import { isCalendarDay } from '../../trading/calendarDay.js';
import { TIMEFRAME_MS, type Timeframe } from '../../trading/types.js';

const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;
const WHAT_A_MOMENT_IS = 'must be a time such as 2024-08-01T00:00:00Z, or a day such as 2024-08-01';

/** An ISO 8601 time with its offset, or a day (its first moment in UTC). */
export const moment = z
  .string()
  .max(40)
  .regex(MOMENT, { error: WHAT_A_MOMENT_IS, abort: true })
  .refine((text) => isCalendarDay(text.slice(0, 10)) && Number.isFinite(Date.parse(text)), WHAT_A_MOMENT_IS)
  .transform((text) => new Date(text))
  .meta({ description: 'A time such as 2024-08-01T00:00:00Z, or a day', examples: ['2024-08-01T00:00:00Z'] });

export const isoTime = z.string().meta({ format: 'date-time' });
export const symbolName = z
  .string()
  .regex(/^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}$/, 'must be written like BTC/USDT')
  .meta({ examples: ['BTC/USDT'] });
export const timeframeName = z.enum(Object.keys(TIMEFRAME_MS) as [Timeframe, ...Timeframe[]]);

/** A whole number in a query string. */
export const wholeInQuery = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${low} to ${high}`)
    .transform(Number)
    .pipe(z.int().gte(low).lte(high))
    .meta({ type: 'integer', minimum: low, maximum: high });

/** Written without a property class, so that readers of the OpenAPI document understand it, too. */
const NO_CONTROLS = new RegExp('^[^\\u0000-\\u001f\\u007f-\\u009f]*$');

/** What is searched for; the database's patterns cannot hold a null character. */
export const searchText = z.string().min(1).max(100).regex(NO_CONTROLS, 'must have no control characters');

export const pageQuery = z.strictObject({
  limit: wholeInQuery(1, 500).optional().meta({ description: 'How many at most (100)' }),
  cursor: z.string().max(300).optional().meta({ description: '`nextCursor` of the page before' }),
  from: moment.optional(),
  to: moment.optional(),
});

export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const idParams = z.strictObject({ id: z.string().min(1).max(200) });
export const noBody = z.strictObject({});

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    requestId: z.string().optional(),
  })
  .meta({ description: 'RFC 9457 problem details; `code` is for programs, `detail` for people' });
