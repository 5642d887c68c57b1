/**
 * What a trading cycle costs, against a bare Temporal loop of as many steps that do nothing, side by side in one run:
 * time from the timer's firing to the next timer, events and bytes of history, memory.
 */
import { readFileSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { loadDefaultConfig } from '../adapters/config/defaults.js';
import { startStand } from '../commands/campaign/stand.js';
import { TRADING_TASK_QUEUE } from '../workflows/messages.js';

const CYCLES = 60;

export async function run(): Promise<Record<string, unknown>> {
  const stand = await startStand({ simulator: { speed: 60 } }, { CAMPAIGN: 'true' });
  const { servers, worker, repositories, client } = stand;
  try {
    await worker.ready();
    // CONSERVATIVE on 1h candles at this speed: nothing to trade, the loop's own cost.
    await repositories.config.create('bench', {
      ...loadDefaultConfig(),
      mode: 'paper',
      tradingInterval: 1,
      timeframe: '1h',
      tradingMode: 'CONSERVATIVE',
    });
    await repositories.status.create('bench', 'paper');
    await client.workflow.start('tradingWorkflow', {
      workflowId: 'trading-bench',
      taskQueue: TRADING_TASK_QUEUE,
      args: [{ userId: 'bench' }],
    });
    await client.workflow.getHandle('trading-bench').executeUpdate('startTrading', { args: [{}] });
    await client.workflow.start('bareLoopWorkflow', {
      workflowId: 'bare',
      taskQueue: TRADING_TASK_QUEUE,
      args: [CYCLES],
    });
    await client.workflow.getHandle('bare').result();
    const [cycle, bare] = await Promise.all([costOf(client, 'trading-bench'), costOf(client, 'bare')]);
    const residentMb = Object.fromEntries(
      (['temporal', 'mongodb', 'simulator'] as const).map((name) => [name, residentOf(servers.pid(name))]),
    );
    return {
      cycleMs: cycle,
      bareMs: bare,
      p50Ratio: round(cycle.p50 / bare.p50),
      p99Ratio: round(cycle.p99 / bare.p99),
      residentMb,
    };
  } finally {
    await stand.stop();
  }
}

async function costOf(
  client: Client,
  workflowId: string,
): Promise<{ p50: number; p99: number; events: number; bytes: number }> {
  const { temporal } = proto;
  const types = temporal.api.enums.v1.EventType;
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const spans: number[] = [];
  const counts: { events: number; bytes: number }[] = [];
  let firedAt: number | null = null;
  let counted = { events: 0, bytes: 0 };
  for (const event of events ?? []) {
    const at = Number(event.eventTime?.seconds ?? 0) * 1000 + (event.eventTime?.nanos ?? 0) / 1e6;
    if (event.eventType === types.EVENT_TYPE_TIMER_FIRED) {
      firedAt = at;
      counted = { events: 0, bytes: 0 };
    }
    counted.events += 1;
    counted.bytes += temporal.api.history.v1.HistoryEvent.encode(event).finish().length;
    if (event.eventType === types.EVENT_TYPE_TIMER_STARTED && firedAt !== null) {
      spans.push(at - firedAt);
      counts.push(counted);
      firedAt = null;
    }
  }
  const sorted = spans.slice(2).sort((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
  const middle = counts.sort((a, b) => a.bytes - b.bytes)[Math.floor(counts.length / 2)] ?? { events: 0, bytes: 0 };
  return { p50: at(0.5), p99: at(0.99), ...middle };
}

function residentOf(pid: number | undefined): number | null {
  if (pid === undefined) return null;
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return line ? Math.round(Number(line) / 1024) : null;
}

const round = (value: number): number => Math.round(value * 100) / 100;
