import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { applyEvents } from './apply.js';
import type { StreamState } from './connection.js';
import { clearEquity } from './equity.js';
import { clearLogs } from './logs.js';
import { shareStream } from './shared.js';

const StreamContext = createContext<StreamState>('connecting');
/** Whether the page is being kept up to date right now. */
export const useStreamState = () => useContext(StreamContext);

/** Keeps the cache in step with the server for as long as the user is signed in. */
export function StreamProvider({ userId, children }: { userId: string; children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<StreamState>('connecting');
  const wasCut = useRef(false);
  useEffect(() => {
    const onState = (next: StreamState) => {
      setState(next);
      if (next === 'reconnecting') wasCut.current = true;
      if (next !== 'live' || !wasCut.current) return;
      wasCut.current = false;
      // The stream replays what it still holds; whatever is older than that comes with a fresh answer.
      void client.invalidateQueries();
    };
    const end = shareStream(userId, (events) => applyEvents(client, events), onState);
    return () => {
      end();
      clearLogs();
      clearEquity();
    };
  }, [client, userId]);
  return <StreamContext value={state}>{children}</StreamContext>;
}
