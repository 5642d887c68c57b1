import { Counter, type Registry } from 'prom-client';

/**
 * A counter whose every series exists from the start. Prometheus sees no increase in one that begins with its first
 * event: an alert on it would miss that event.
 * @param values by label, all that it takes
 */
export function countFromZero<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  values: Readonly<Record<Label, readonly string[]>>,
): Counter<Label> {
  const labelNames = Object.keys(values) as Label[];
  const counter = new Counter({ name, help, labelNames, registers: [registry] });
  const series = labelNames.reduce<Partial<Record<Label, string>>[]>(
    (sets, label) => sets.flatMap((set) => values[label].map((value) => ({ ...set, [label]: value }))),
    [{}],
  );
  for (const labels of series) counter.inc(labels, 0);
  return counter;
}
