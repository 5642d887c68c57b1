/** What the API shows against what its document says, field by field: held by the compiler (`npm run typecheck`). */
import type { z } from 'zod';
import { openApiDocument } from '../../../api/http/openapi.js';
import { defineRoute } from '../../../api/http/route.js';
import type { administration, notifications, research } from '../../../api/schemas/index.js';
import { trading } from '../../../api/schemas/index.js';
import type * as views from '../../../api/services/views.js';

/** Fields of a view that no schema names. */
type Undocumented<View, Schema extends z.ZodType> = Exclude<keyof View, keyof z.output<Schema>>;
type None<Keys> = [Keys] extends [never] ? true : Keys;

const documented = {
  log: true satisfies None<Undocumented<views.LogView, typeof trading.log>>,
  signal: true satisfies None<Undocumented<views.SignalView, typeof trading.signal>>,
  order: true satisfies None<Undocumented<views.OrderView, typeof trading.order>>,
  trade: true satisfies None<Undocumented<views.TradeView, typeof trading.trade>>,
  position: true satisfies None<Undocumented<views.PositionView, typeof trading.position>>,
  equity: true satisfies None<Undocumented<ReturnType<typeof views.equity>, typeof trading.equityPoint>>,
  notification: true satisfies None<Undocumented<views.NotificationView, typeof notifications.notification>>,
  audit: true satisfies None<Undocumented<ReturnType<typeof views.auditEntry>, typeof administration.auditEntry>>,
  run: true satisfies None<Undocumented<ReturnType<typeof views.run>, typeof research.run>>,
};

test('every field of what is shown stands in the document, which allows no others', () => {
  expect(Object.values(documented)).not.toContain(false);
  const route = defineRoute({
    method: 'get',
    path: '/api/orders',
    tag: 'x',
    summary: 'x',
    access: 'user',
    answers: { 200: trading.orders },
    handle: () => null,
  });
  const { paths } = openApiDocument([route], '0') as { paths: Record<string, never> };
  const schema = JSON.stringify(paths['/api/orders']);
  expect(schema).toContain('"fenceTimestamp"');
  expect(schema).toContain('"additionalProperties":false');
});
