import { useQueryClient } from '@tanstack/react-query';
import { post } from '../api/client.js';
import { keys } from '../api/queries.js';
import { navigate } from './router.js';

/** Ends the session and goes back to sign-in, also where the server cannot be reached. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await post('/api/auth/logout').catch(() => undefined);
    client.setQueryData(keys.me, null);
    navigate('/');
  };
}
