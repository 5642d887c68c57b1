import { Alert, Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useErrorText } from './useErrorText.js';

/**
 * The shape of a page before its code has come; its heading is there at once.
 * @param headed whether the page shows its heading; a screen reader hears it in any case
 */
export function PageSkeleton({ title, headed }: { title: string; headed: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <h1 className={headed ? undefined : 'visually-hidden'}>{title}</h1>
      <div className="stack" role="status" aria-label={t('common.loading')}>
        <Skeleton height={120} />
        <Skeleton height={260} />
      </div>
    </div>
  );
}

export function LinesSkeleton({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className="stack tight" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={22} />
      ))}
    </div>
  );
}

export function EmptyState({ title, text, action }: { title: string; text?: string; action?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {text && <p className="small">{text}</p>}
      {action}
    </div>
  );
}

export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const text = useErrorText();
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t('common.failed')} role="alert">
      <p>{text(error)}</p>
      {retry && (
        <Button size="xs" variant="default" mt={8} onClick={retry}>
          {t('common.retry')}
        </Button>
      )}
    </Alert>
  );
}

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  lines?: number;
  children: (data: T) => ReactNode;
}

/** A query's three states: skeleton, error with retry, content. Content once shown stays while it is asked again. */
export function Loaded<T>({ query, lines, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <LinesSkeleton lines={lines} />;
}
