/** A namespace of Temporal as this product needs it: that it exists, and its typed search attributes. */
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from './servers/temporal.js';

const LIMIT = 10_000;
const DAY_S = 86_400;

/** Numbers of gRPC's status codes. */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;

/** Numbers of `IndexedValueType` in Temporal's API. */
const VALUE_TYPES = { Keyword: 2, Int: 3, Double: 4 } as const;

/** What was found or done, a line each. */
export interface NamespaceReport {
  namespace: 'made' | 'there';
  searchAttributes: { name: string; type: string; state: 'registered' | 'there' }[];
}

/** Something that whoever runs the namespace has to do; the message says what. */
export class NamespaceProblem extends Error {
  override readonly name = 'NamespaceProblem';
}

/**
 * Makes what is missing and leaves alone what is there, so that it can be run again at any time.
 * @throws NamespaceProblem where the server does not allow it (a managed service), or an attribute has another type
 */
export async function setUpNamespace(
  client: Connection,
  namespace: string,
  { retentionDays }: { retentionDays: number },
): Promise<NamespaceReport> {
  const made = await ensureNamespace(client, namespace, retentionDays);
  const known = await untilKnown(client, namespace);
  refuseOtherTypes(namespace, known);
  const missing = missingIn(known);
  if (missing.length > 0) await registerSearchAttributes(client, namespace, missing);
  return {
    namespace: made ? 'made' : 'there',
    searchAttributes: Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => ({
      name,
      type,
      state: missing.includes(name) ? 'registered' : 'there',
    })),
  };
}

/** The names of our search attributes that the namespace does not have. */
export async function missingSearchAttributes(client: Connection, namespace: string): Promise<string[]> {
  return missingIn(await searchAttributes(client, namespace));
}

/** @throws NamespaceProblem where the server does not allow it: then whoever runs the namespace has to */
export async function registerSearchAttributes(client: Connection, namespace: string, names: string[]): Promise<void> {
  const wanted = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => names.includes(name));
  const request = {
    namespace,
    searchAttributes: Object.fromEntries(wanted.map(([n, type]) => [n, VALUE_TYPES[type]])),
  };
  try {
    await within(client, () => client.operatorService.addSearchAttributes(request));
  } catch (error) {
    if (codeOf(error) === ALREADY_EXISTS) return;
    if (!isForbidden(error)) throw error;
    const list = wanted.map((pair) => `--search-attribute "${pair.join('=')}"`).join(' ');
    throw new NamespaceProblem(
      `the server does not let these credentials register search attributes; in Temporal Cloud: tcld namespace search-attributes add --namespace ${namespace} ${list}`,
    );
  }
}

async function ensureNamespace(client: Connection, namespace: string, retentionDays: number): Promise<boolean> {
  try {
    await within(client, () => client.workflowService.describeNamespace({ namespace }));
    return false;
  } catch (error) {
    const code = codeOf(error);
    if (code === UNAUTHENTICATED || code === PERMISSION_DENIED)
      throw new NamespaceProblem(
        `the server refuses these credentials for namespace ${namespace}: check TEMPORAL_API_KEY or the client certificate, and that they are for this namespace`,
      );
    if (code !== NOT_FOUND) throw error;
  }
  const workflowExecutionRetentionPeriod = { seconds: (retentionDays * DAY_S) as never };
  try {
    await within(client, () =>
      client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod }),
    );
    return true;
  } catch (error) {
    if (codeOf(error) === ALREADY_EXISTS) return false;
    if (!isForbidden(error)) throw error;
    throw new NamespaceProblem(
      `namespace ${namespace} does not exist and the server does not let these credentials make it; in Temporal Cloud: make it in the console, or by tcld namespace create`,
    );
  }
}

/** A namespace that was just made takes some seconds until every part of the server knows it. */
async function untilKnown(client: Connection, namespace: string): Promise<Record<string, number>> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await searchAttributes(client, namespace);
    } catch (error) {
      if (codeOf(error) !== NOT_FOUND || Date.now() > deadline) throw error;
      await new Promise((next) => setTimeout(next, 500));
    }
  }
}

async function searchAttributes(client: Connection, namespace: string): Promise<Record<string, number>> {
  const answer = await within(client, () => client.operatorService.listSearchAttributes({ namespace }));
  return (answer.customAttributes ?? {}) as Record<string, number>;
}

const missingIn = (known: Record<string, number>): string[] =>
  Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in known));

/** A type cannot be changed, and every workflow task that sets the attribute would fail. */
function refuseOtherTypes(namespace: string, known: Record<string, number>): void {
  const other = Object.entries(SEARCH_ATTRIBUTES).filter(
    ([name, type]) => name in known && known[name] !== VALUE_TYPES[type],
  );
  if (other.length === 0) return;
  const list = other.map(([name, type]) => `${name} is not of type ${type}`).join(', ');
  throw new NamespaceProblem(
    `namespace ${namespace}: ${list}; remove it there (temporal operator search-attribute remove) or use another namespace`,
  );
}

function within<T>(client: Connection, ask: () => Promise<T>): Promise<T> {
  return client.withDeadline(Date.now() + LIMIT, ask);
}

const codeOf = (error: unknown): number | null => (isGrpcServiceError(error) ? error.code : null);
const isForbidden = (error: unknown): boolean =>
  [PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED].includes(codeOf(error) ?? -1);
