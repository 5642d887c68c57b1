import { lazy, Suspense } from 'react';
import { LinesSkeleton } from '../../components/states.js';

const PricePanel = lazy(() => import('./PricePanel.js').then((module) => ({ default: module.PricePanel })));

/** The chart's library comes after the figures are on the page. */
export const LazyPricePanel = () => (
  <Suspense fallback={<LinesSkeleton lines={12} />}>
    <PricePanel />
  </Suspense>
);
