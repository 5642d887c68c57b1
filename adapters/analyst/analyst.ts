/**
 * An optional second opinion from any server that speaks OpenAI's chat completions. It is sent numbers only, must
 * answer to a schema, and may veto or lower, never raise. Slow, wrong or absent, it changes nothing.
 */
import { z } from 'zod';
import type { AnalystOpinion } from '../../trading/learning/analystVerdict.js';

export interface AnalystSettings {
  /** Base address, such as http://127.0.0.1:8080/v1. */
  url: string;
  model: string;
  apiKey?: string;
  /** The whole call, body included; ms (2000). */
  timeoutMs?: number;
  /** How long it is left alone after failing three times in a row, so that a dead one does not slow every cycle; ms (60000). */
  restMs?: number;
}

export interface AnalystCall {
  /** null where nothing usable came in time. */
  opinion: AnalystOpinion | null;
  /** For the archive: what was asked, how long it took, and why there is no opinion. */
  asked: Record<string, number>;
  milliseconds: number;
  problem: string | null;
}

export type Analyst = (numbers: Record<string, number>) => Promise<AnalystCall>;

const MOST_FAILURES = 3;
/** Longer answers are not read further. */
const MAX_BYTES = 64 * 1024;

const opinionSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('KEEP'), reason: z.string().max(500) }),
  z.strictObject({ verdict: z.literal('VETO'), reason: z.string().max(500) }),
  z.strictObject({ verdict: z.literal('LOWER'), confidence: z.number().min(0).max(100), reason: z.string().max(500) }),
]);
const answerSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().max(8_000) }) })).min(1),
});

const INSTRUCTION =
  'You check a proposed long entry from numbers alone. Answer with one JSON object and nothing else: ' +
  '{"verdict":"KEEP","reason":"…"}, {"verdict":"LOWER","confidence":0 to 100,"reason":"…"} or {"verdict":"VETO","reason":"…"}.';

/** The settings are the operator's: ANALYST_URL, ANALYST_MODEL, ANALYST_API_KEY, ANALYST_TIMEOUT_MS (adapters/settings.ts). */
export function createAnalyst(settings: AnalystSettings): Analyst {
  const { model, apiKey, timeoutMs = 2_000, restMs = 60_000 } = settings;
  let failures = 0;
  let restUntil = 0;
  const address = `${settings.url.replace(/\/+$/, '')}/chat/completions`;
  return async (numbers) => {
    const asked = Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)));
    const started = performance.now();
    const done = (opinion: AnalystOpinion | null, problem: string | null): AnalystCall => {
      failures = problem === null ? 0 : failures + 1;
      if (failures >= MOST_FAILURES) restUntil = performance.now() + restMs;
      return { opinion, asked, milliseconds: Math.round(performance.now() - started), problem };
    };
    if (started < restUntil)
      return { opinion: null, asked, milliseconds: 0, problem: 'not asked: it failed too often' };
    try {
      const response = await fetch(address, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
        body: JSON.stringify({
          model,
          temperature: 0,
          messages: [
            { role: 'system', content: INSTRUCTION },
            { role: 'user', content: JSON.stringify(asked) },
          ],
        }),
      });
      if (!response.ok) {
        await response.body?.cancel();
        return done(null, `answered ${response.status}`);
      }
      const answer = answerSchema.parse(JSON.parse(await bounded(response)));
      const opinion = opinionSchema.parse(JSON.parse(answer.choices[0]!.message.content));
      return done({ ...opinion, reason: printable(opinion.reason) }, null);
    } catch (error) {
      return done(null, problemOf(error));
    }
  };
}

async function bounded(response: Response): Promise<string> {
  let size = 0;
  const parts: Uint8Array[] = [];
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > MAX_BYTES) throw new RangeError(`answer of more than ${MAX_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Never the message of a network error: it can hold the address. */
function problemOf(error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'answer does not fit the schema';
  if (error instanceof RangeError) return error.message;
  return (error as { name?: unknown } | null)?.name === 'TimeoutError' ? 'too slow' : 'not reachable';
}

const printable = (text: string): string => text.replace(/\p{Cc}/gu, ' ');
