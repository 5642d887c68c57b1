import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, put } from '../../api/client.js';
import { keys } from '../../api/queries.js';
import type { ConfigView } from '../../api/types.js';
import { useTell } from '../../components/useErrorText.js';
import type { Values } from './fields.js';

type Saved = ConfigView & { warnings?: string[] };

const wantsConfirmation = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.code === 'LIVE_NOT_CONFIRMED';

/**
 * Sends changed settings; wrong fields come back by their path, warnings are shown. Where the server asks for it, the
 * user is asked once more before real money is used: `live` is the question while it is open.
 */
export function useSaveConfig(onSaved: () => void) {
  const { t } = useTranslation();
  const tell = useTell();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Values | null>(null);
  const askedNow = useRef(false);
  const ask = (changes: Values | null) => {
    askedNow.current = changes !== null;
    setAsked(changes);
  };
  const [serverErrors, setServerErrors] = useState<Record<string, string>>({});
  const mutation = useMutation({
    mutationFn: (changes: Values) => put<Saved>('/api/config', changes),
    onSuccess: async ({ warnings }) => {
      setServerErrors({});
      await client.invalidateQueries({ queryKey: keys.config });
      void client.invalidateQueries({ queryKey: keys.status });
      onSaved();
      tell.done([t('settings.savedNow'), ...(warnings ?? [])].join(' '));
    },
    onError: (error, changes) => {
      // The dialog says itself what was wrong with its answer, while it is open.
      if (askedNow.current) return;
      if (wantsConfirmation(error)) return ask(changes);
      const errors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
      setServerErrors(Object.fromEntries(errors.map(({ path, message }) => [path, message])));
      tell.failed(error);
    },
  });
  const live = {
    asked: asked !== null,
    confirm: (totp: string) => mutation.mutateAsync({ ...asked, confirmLive: true, totp }),
    close: () => ask(null),
  };
  return { save: mutation.mutate, saving: mutation.isPending, serverErrors, live };
}
