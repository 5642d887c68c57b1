import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState } from '../components/states.js';

const AGAIN_MS = 3_000;

/** In place of everything while nobody can say who is signed in; asks again by itself. */
export function Unreachable({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation();
  useEffect(() => {
    const timer = window.setInterval(retry, AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [retry]);
  return (
    <main className="signin">
      <div className="panel stack unreachable">
        <span className="brand">
          <img src="/favicon.svg" alt="" /> {t('app.name')}
        </span>
        <ErrorState error={error} retry={retry} />
        <p className="dim small">{t('errors.retrying')}</p>
      </div>
    </main>
  );
}
