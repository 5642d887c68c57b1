import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useEffect } from 'react';
import { keys, useMe } from '../api/queries.js';
import { SignIn } from '../features/auth/SignIn.js';
import { ApiError } from '../api/client.js';
import { StreamProvider } from '../stream/StreamProvider.js';
import { Shell } from './Shell.js';
import { Unreachable } from './Unreachable.js';

/** Sign-in or the dashboard, by whether there is a session. */
export function App() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const me = useMe();
  const signedOut = me.data === null || (me.error instanceof ApiError && me.error.status === 401);
  useEffect(() => {
    // Nothing of one user may be left for the next.
    if (signedOut) client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.me[0] });
  }, [client, signedOut]);
  if (signedOut) return <SignIn />;
  if (me.data)
    return (
      <StreamProvider userId={me.data.id}>
        <Shell user={me.data} />
      </StreamProvider>
    );
  if (me.error) return <Unreachable error={me.error} retry={() => void me.refetch()} />;
  return <p className="boot">{t('app.name')}</p>;
}
