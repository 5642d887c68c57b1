/** What an API has answered so far, by its own metrics. */

export interface Answered {
  requests: number;
  within5s: number;
  byStatus: Record<string, number>;
  byRoute: Record<string, number>;
}

const LINE = /^ctp_api_request_seconds_(count|bucket)\{(.*)\} (\d+)$/gm;
const label = (labels: string, name: string): string => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? '';

export async function answered(apiUrl: string): Promise<Answered> {
  const text = await (await fetch(`${apiUrl}/metrics`)).text();
  const found: Answered = { requests: 0, within5s: 0, byStatus: {}, byRoute: {} };
  for (const [, kind, labels = '', value] of text.matchAll(LINE)) {
    const count = Number(value);
    if (kind === 'bucket') {
      if (label(labels, 'le') === '5') found.within5s += count;
      continue;
    }
    const [status, route] = [label(labels, 'status'), label(labels, 'route')];
    found.requests += count;
    found.byStatus[status] = (found.byStatus[status] ?? 0) + count;
    found.byRoute[route] = (found.byRoute[route] ?? 0) + count;
  }
  return found;
}
