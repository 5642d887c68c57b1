import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, put } from '../../api/client.js';
import { keys } from '../../api/queries.js';
import type { ConfigView } from '../../api/types.js';
import { useTell } from '../../components/useErrorText.js';
import type { Values } from './fields.js';

type Saved = ConfigView & { warnings?: string[] };

/** Where the server asks for it, the user is asked once more before real money is used. */
async function putConfig(changes: Values, confirmed: () => boolean): Promise<Saved> {
  try {
    return await put<Saved>('/api/config', changes);
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.code !== 'LIVE_NOT_CONFIRMED' || !confirmed()) throw error;
    return put<Saved>('/api/config', { ...changes, confirmLive: true });
  }
}

/** Sends changed settings; wrong fields come back by their path, warnings are shown. */
export function useSaveConfig(onSaved: () => void) {
  const { t } = useTranslation();
  const tell = useTell();
  const client = useQueryClient();
  const [serverErrors, setServerErrors] = useState<Record<string, string>>({});
  const mutation = useMutation({
    mutationFn: (changes: Values) => putConfig(changes, () => window.confirm(t('settings.confirmLive'))),
    onSuccess: async ({ warnings }) => {
      setServerErrors({});
      await client.invalidateQueries({ queryKey: keys.config });
      void client.invalidateQueries({ queryKey: keys.status });
      onSaved();
      tell.done([t('settings.savedNow'), ...(warnings ?? [])].join(' '));
    },
    onError: (error) => {
      const errors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
      setServerErrors(Object.fromEntries(errors.map(({ path, message }) => [path, message])));
      tell.failed(error);
    },
  });
  return { save: mutation.mutate, saving: mutation.isPending, serverErrors };
}
