import { useStatus } from '../../api/queries.js';

/** Where Temporal's Web UI shows the user's workflow, or null where the server names no Web UI. */
export function useWorkflowAddress(userId: string | undefined): string | null {
  const status = useStatus().data;
  void userId;
  return status && 'workflowUrl' in status && typeof status.workflowUrl === 'string' ? status.workflowUrl : null;
}
