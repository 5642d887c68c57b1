// `node scripts/record-history.mjs WORKFLOW_ID OUT.pb [RUN_ID]` with TEMPORAL_ADDRESS set: records a history for the
// replay test (tests/servers/workflow/replay.test.ts) as Temporal's own protobuf. Record one of every released shape.
import { writeFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

const [workflowId, out, runId] = process.argv.slice(2);
if (!workflowId || !out) {
  console.error('usage: TEMPORAL_ADDRESS=host:port node scripts/record-history.mjs WORKFLOW_ID OUT.pb [RUN_ID]');
  process.exit(2);
}
const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS });
const history = await new Client({ connection }).workflow.getHandle(workflowId, runId).fetchHistory();
anonymize(history.events);
writeFileSync(out, proto.temporal.api.history.v1.History.encode(history).finish());
console.log(`${out}: ${history.events.length} events`);
await connection.close();

/** Names of processes and of the queues of their own, and stack traces, tell of one machine and mean nothing to a replay. */
function anonymize(part) {
  for (const [name, value] of Object.entries(part))
    if (name === 'identity') part.identity = 'recorded';
    else if (name === 'stackTrace') part.stackTrace = '';
    else if (name === 'name' && /^\d+@/.test(value)) part.name = 'recorded';
    else if (value && typeof value === 'object' && !ArrayBuffer.isView(value)) anonymize(value);
}
