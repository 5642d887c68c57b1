/** The one route that never ends its answer: its head has to come at once, whatever is asked. */
import { createRandom } from '../../trading/learning/random.js';

const ASKED = 100;
const HEAD_WITHIN = 5_000;
const NASTY = ['', '0', '-1', '\u00ff', 'NaN', '{"$gt":""}', '..', '9'.repeat(300), "'; drop", '%00', 'abc', '1e309'];

export async function probeStreams(
  apiUrl: string,
  token: string,
  seed: number,
): Promise<{ asked: number; failures: string[] }> {
  const random = createRandom(seed);
  const pick = (): string => NASTY[Math.floor(random() * NASTY.length)]!;
  const failures: string[] = [];
  for (let number = 0; number < ASKED; number += 1) {
    const signedIn = random() < 0.7;
    const query = random() < 0.3 ? `?${encodeURIComponent(pick())}=${encodeURIComponent(pick())}` : '';
    const headers: Record<string, string> = { 'last-event-id': pick() };
    if (signedIn) headers['authorization'] = `Bearer ${token}`;
    const asking = new AbortController();
    const timer = setTimeout(() => asking.abort(), HEAD_WITHIN);
    try {
      const { status } = await fetch(`${apiUrl}/api/stream${query}`, { headers, signal: asking.signal });
      const right = signedIn ? (query ? [422] : [200, 429]) : [401];
      if (!right.includes(status))
        failures.push(`GET /api/stream${query}: ${status} in place of ${right.join(' or ')}`);
    } catch (error) {
      failures.push(`GET /api/stream${query}: no head within ${HEAD_WITHIN} ms (${(error as Error).name})`);
    } finally {
      clearTimeout(timer);
      asking.abort();
    }
  }
  return { asked: ASKED, failures };
}
