export interface ChangeLine {
  /** `risk.maxSpreadPct` for a part of a group that changed. */
  path: string;
  /** Absent where only the new value is known. */
  from?: string;
  to: string;
}

/** An audit entry's changes as lines; of a group such as `risk` only what differs. */
export function changeLines(changes: unknown): ChangeLine[] {
  if (!isObject(changes)) return changes === undefined || changes === null ? [] : [{ path: '', to: textOf(changes) }];
  return Object.entries(changes).flatMap(([name, value]) => {
    if (!isObject(value) || !('to' in value)) return [{ path: name, to: textOf(value) }];
    return differences(name, value['from'], value['to']);
  });
}

function differences(path: string, from: unknown, to: unknown): ChangeLine[] {
  if (!isObject(from) || !isObject(to)) return [{ path, from: textOf(from), to: textOf(to) }];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names
    .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]))
    .flatMap((name) => differences(`${path}.${name}`, from[name], to[name]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
