import { lazy, Suspense } from 'react';
import { LinesSkeleton } from '../../components/states.js';

const loading = import('./PricePanel.js').then((module) => ({ default: module.PricePanel }));
const PricePanel = lazy(() => loading);

/** The chart's library comes after the figures are on the page. */
export const LazyPricePanel = () => (
  <Suspense fallback={<LinesSkeleton lines={12} />}>
    <PricePanel />
  </Suspense>
);
