/** What `npm audit --json` said, in three ways it can end. */
import { z } from 'zod';

export type AuditResult =
  | { kind: 'clean'; packages: number }
  | { kind: 'vulnerable'; findings: Finding[] }
  /** Nobody could be asked: that is neither good nor bad, and must not look like either. */
  | { kind: 'unknown'; reason: string };

export interface Finding {
  name: string;
  severity: string;
  titles: string[];
  fix: string;
}

const report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      via: z.array(z.union([z.string(), z.object({ title: z.string() })])),
      fixAvailable: z.union([z.boolean(), z.object({ name: z.string(), version: z.string() })]),
    }),
  ),
  metadata: z.object({ dependencies: z.object({ prod: z.number() }) }),
});
const refused = z.object({ message: z.string() });

export function readAudit(output: string): AuditResult {
  const start = output.indexOf('{');
  const json = start < 0 ? undefined : parse(output.slice(start));
  const known = report.safeParse(json);
  if (!known.success) {
    const said = refused.safeParse(json);
    const reason = said.success ? said.data.message : output.trim().split('\n').at(-1) || 'npm said nothing';
    return { kind: 'unknown', reason };
  }
  const { vulnerabilities, metadata } = known.data;
  const findings = Object.entries(vulnerabilities).map(
    ([name, { severity, via, fixAvailable }]): Finding => ({
      name,
      severity,
      titles: via.map((one) => (typeof one === 'string' ? `by way of ${one}` : one.title)),
      fix: fixOf(fixAvailable),
    }),
  );
  return findings.length === 0
    ? { kind: 'clean', packages: metadata.dependencies.prod }
    : { kind: 'vulnerable', findings };
}

const fixOf = (fix: boolean | { name: string; version: string }): string =>
  typeof fix === 'object' ? `${fix.name} ${fix.version}` : fix ? 'npm update' : 'none yet';

/** npm may print a line after its JSON; what stands after the closing brace is not part of it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, text.lastIndexOf('\n}') + 2));
  } catch {
    return undefined;
  }
}
