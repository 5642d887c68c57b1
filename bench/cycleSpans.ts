import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

export interface CycleSpan {
  /** When the cycle's timer fired, real ms. */
  at: number;
  /** From there to the next timer. */
  ms: number;
}

/** Every cycle in the histories of all runs of a trading workflow, as long as none overruns its interval. */
export async function cyclesOf(client: Client, workflowId: string): Promise<CycleSpan[]> {
  const spans: CycleSpan[] = [];
  let runId: string | undefined;
  do {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const started = events?.[0]?.workflowExecutionStartedEventAttributes;
    spans.push(...spansOf(events ?? []));
    runId = started?.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return spans;
}

function spansOf(events: readonly proto.temporal.api.history.v1.IHistoryEvent[]): CycleSpan[] {
  const types = proto.temporal.api.enums.v1.EventType;
  const spans: CycleSpan[] = [];
  let firedAt: number | null = null;
  for (const { eventType, eventTime } of events) {
    const at = Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
    if (eventType === types.EVENT_TYPE_TIMER_FIRED) firedAt = at;
    if (eventType !== types.EVENT_TYPE_TIMER_STARTED || firedAt === null) continue;
    spans.push({ at: firedAt, ms: at - firedAt });
    firedAt = null;
  }
  return spans;
}
