const PARTS = ['exchange', 'worker', 'database', 'temporal'] as const;

export interface PartHealth {
  name: (typeof PARTS)[number];
  ok: boolean;
  detail: string;
}

/** /readyz in the page's order; it answers 503 with the same body while something is missing. */
export async function readHealth(): Promise<PartHealth[]> {
  const response = await fetch('/readyz', { cache: 'no-store' });
  const body = (await response.json()) as { checks?: Record<string, { ok: boolean; detail?: string }> };
  return PARTS.map((name) => ({
    name,
    ok: body.checks?.[name]?.ok ?? false,
    detail: body.checks?.[name]?.detail ?? '',
  }));
}
