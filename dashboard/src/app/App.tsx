import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { lazy, Suspense, useEffect, useState } from 'react';
import { keys, useMe } from '../api/queries.js';
import { SignIn } from '../features/auth/SignIn.js';
import { ApiError } from '../api/client.js';
import { StreamProvider } from '../stream/StreamProvider.js';
import { Shell } from './Shell.js';
import { Unreachable } from './Unreachable.js';

const RequiredPage = lazy(() => import('../features/required/RequiredPage.js'));

/** Sign-in or the dashboard, by whether there is a session; before it what is required of the account. */
export function App() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const me = useMe();
  const signedOut = me.data === null || (me.error instanceof ApiError && me.error.status === 401);
  useEffect(() => {
    // Nothing of one user may be left for the next.
    if (signedOut) client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.me[0] });
  }, [client, signedOut]);
  const [led, setLed] = useState(false);
  const limited = (me.data?.required.length ?? 0) > 0;
  // Until its reader goes on: the last step shows recovery codes, when nothing is required any more.
  if (limited !== led && (limited || signedOut)) setLed(limited);
  if (signedOut) return <SignIn />;
  if (me.data && led)
    return (
      <Suspense fallback={<p className="boot">{t('app.name')}</p>}>
        <RequiredPage user={me.data} goOn={() => setLed(false)} />
      </Suspense>
    );
  if (me.data)
    return (
      <StreamProvider userId={me.data.id}>
        <Shell user={me.data} />
      </StreamProvider>
    );
  if (me.error) return <Unreachable error={me.error} retry={() => void me.refetch()} />;
  return <p className="boot">{t('app.name')}</p>;
}
