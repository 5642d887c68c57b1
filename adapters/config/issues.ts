/** Zod's findings as a list of fields, each with its path and what would be right. */
import type { z } from 'zod';

export interface FieldIssue {
  /** Dotted, with indexes: `symbols.0`, `risk.maxDrawdownPct`; empty for the whole body. */
  path: string;
  message: string;
}

/** Every wrong field on its own, unknown ones by name. @param input what was parsed, to tell absent from wrong */
export function listIssues(error: z.ZodError, input: unknown): FieldIssue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not a known field' }));
    }
    if (valueAt(input, issue.path) === undefined) return [{ path: path.join('.'), message: 'is missing' }];
    return [{ path: path.join('.'), message: wording(issue) }];
  });
}

function wording(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return `must ${limit(issue.origin, issue.inclusive ? 'at least' : 'more than', Number(issue.minimum))}`;
    case 'too_big':
      return `must ${limit(issue.origin, issue.inclusive ? 'at most' : 'less than', Number(issue.maximum))}`;
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`;
    default:
      return issue.message;
  }
}

function limit(origin: string, bound: string, value: number): string {
  if (origin === 'string') return `have ${bound} ${value} characters`;
  if (origin === 'array') return `have ${bound} ${value} entries`;
  return `be ${bound} ${value}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}
