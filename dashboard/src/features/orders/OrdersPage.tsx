import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OrderEntry } from '../../api/types.js';
import { Link, usePath } from '../../app/router.js';
import { CsvButton } from '../../components/CsvButton.js';
import { DataTable } from '../../components/DataTable.js';
import { PageTitle, Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';
import { EMPTY_FILTER, type OrderFilter, queryOf } from './filter.js';
import { OrderDetails } from './OrderDetails.js';
import { OrderFilters } from './OrderFilters.js';
import { PositionLine } from './PositionLine.js';
import { useOrderColumns } from './useOrderColumns.js';
import { useOrders } from './useOrders.js';
import './orders.css';

/** What was sent to the exchange and what became of it; /orders/ID shows what belongs to one position. */
export default function OrdersPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const positionId = decodeURIComponent(usePath().split('/')[2] ?? '') || undefined;
  const [filter, setFilter] = useState<OrderFilter>(EMPTY_FILTER);
  const [selected, setSelected] = useState<string | null>(null);
  const query = queryOf(filter, positionId);
  const orders = useOrders(query);
  const columns = useOrderColumns(({ id }: OrderEntry) => setSelected(id));
  return (
    <div className="stack">
      <PageTitle title={t('nav.orders')} text={t('orders.intro')}>
        <CsvButton path="/api/orders" query={query} name="orders.csv" />
      </PageTitle>
      {positionId && (
        <Panel title={t('orders.position')} aside={<Link to="/orders">{t('orders.all')}</Link>}>
          <PositionLine positionId={positionId} />
        </Panel>
      )}
      <section className="panel stack tight" aria-label={t('orders.title')}>
        <OrderFilters filter={filter} onChange={setFilter} />
        <Loaded query={orders} lines={8}>
          {(rows) => (
            <>
              <p className="small dim" role="status" data-testid="order-count">
                {t('orders.count', { count: rows.length, shown: format.number(rows.length, 0) })}
              </p>
              <DataTable
                label={t('orders.title')}
                rows={rows}
                columns={columns}
                rowKey={({ id }) => id}
                maxHeight={620}
                empty={<EmptyState title={t('orders.none')} text={t('orders.noneText')} />}
              />
              {orders.hasNextPage && (
                <Button
                  variant="default"
                  size="xs"
                  loading={orders.isFetchingNextPage}
                  onClick={() => void orders.fetchNextPage()}
                >
                  {t('orders.older')}
                </Button>
              )}
              <OrderDetails order={rows.find(({ id }) => id === selected) ?? null} onClose={() => setSelected(null)} />
            </>
          )}
        </Loaded>
      </section>
    </div>
  );
}
