import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.js';

/** Where Temporal's Web UI shows the user's workflow, or null where the deployment names no Web UI. */
export function useWorkflowAddress(): string | null {
  const workflow = useQuery({
    queryKey: ['workflow'],
    staleTime: Infinity,
    queryFn: () => get<{ url: string | null }>('/api/trading/workflow'),
  });
  return workflow.data?.url ?? null;
}
