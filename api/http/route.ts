/** A route is a value: what it takes, what it answers, who may call it. The server and the OpenAPI document read it. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { SessionDocument, UserDocument } from '../../adapters/database/documents.js';

export type Access = 'public' | 'user' | 'admin';

/** What a handler is given; everything in it has been checked. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  params: Params;
  query: Query;
  body: Body;
  /** Who calls; on public routes this throws. */
  user: UserDocument;
  session: SessionDocument;
  ip: string;
  wantsCsv: boolean;
  request: Request;
  response: Response;
}

/** An answer other than 200 with JSON. */
export interface Reply {
  reply: true;
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** The handler has sent, or goes on sending, the answer itself. */
  sent?: boolean;
}
export const reply = (status: number, body?: unknown, headers?: Record<string, string>): Reply => ({
  reply: true,
  status,
  body,
  headers,
});
export const alreadySent: Reply = { reply: true, status: 200, sent: true };
export const isReply = (value: unknown): value is Reply =>
  typeof value === 'object' && value !== null && (value as Partial<Reply>).reply === true;

export interface RouteSpec<Params, Query, Body> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In express's form: `/api/users/:id`. */
  path: string;
  tag: string;
  summary: string;
  access: Access;
  /** Not with an API token: a stolen one must not make itself another or lock its owner out. */
  signInOnly?: boolean;
  /** Also for an account of which something is still required (api/auth/policy.ts). */
  openToLimited?: boolean;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** The schema of the answer by status; null: no body. */
  answers: Record<number, z.ZodType | null>;
  /** Also answers as CSV. */
  csv?: boolean;
  /** Another content type of the 200 answer, such as text/event-stream. */
  produces?: string;
  /** How long the handler may take before 503, ms (15000). */
  deadlineMs?: number;
  handle(call: Call<Params, Query, Body>): unknown;
}

export type Route = RouteSpec<unknown, unknown, unknown>;

export function defineRoute<Params = unknown, Query = unknown, Body = unknown>(
  spec: RouteSpec<Params, Query, Body>,
): Route {
  return spec as unknown as Route;
}
