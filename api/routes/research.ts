/** Backtests, searches and models. */
import type { BacktestDocument, ModelDocument } from '../../adapters/database/documents.js';
import { loadModel } from '../../trading/learning/load.js';
import { KNOWN_FEATURES } from '../../trading/learning/score.js';
import { newId } from '../auth/tokens.js';
import type { ApiDependencies } from '../dependencies.js';
import { ownedBy, pageByTime } from '../http/paging.js';
import { conflict, notFound, refuse } from '../http/problem.js';
import { defineRoute, reply, type Route } from '../http/route.js';
import { trainingWorkflowId } from '../../workflows/trainingMessages.js';
import { common, research as schemas } from '../schemas/index.js';
import type { ResearchService } from '../services/research.js';
import { type RunRequest, wrongFields, wrongSymbol } from '../services/researchRequests.js';
import * as views from '../services/views.js';

export function researchRoutes(deps: ApiDependencies, research: ResearchService): Route[] {
  return [
    ...runRoutes(deps, research, 'backtest'),
    ...runRoutes(deps, research, 'search'),
    ...modelRoutes(deps, research),
  ];
}

function runRoutes(
  { repositories, database, venue }: ApiDependencies,
  research: ResearchService,
  kind: 'backtest' | 'search',
): Route[] {
  const { backtests } = repositories;
  const path = kind === 'backtest' ? '/api/backtests' : '/api/searches';
  const tag = 'Research';

  async function own(userId: string, id: string): Promise<BacktestDocument> {
    const found = await backtests.get(id);
    if (!found || found.userId !== userId || found.kind !== kind) throw notFound(`No such ${kind}.`);
    return found;
  }

  const start = defineRoute<unknown, unknown, Record<string, unknown>>({
    method: 'post',
    path,
    tag,
    summary: `Start a ${kind}`,
    access: 'user',
    body: kind === 'backtest' ? schemas.newBacktest : schemas.newSearch,
    answers: { 201: schemas.run },
    async handle({ user, body }) {
      const asked = body as unknown as RunRequest & { symbol: string };
      refuse([...(await wrongSymbol(venue, asked.symbol)), ...wrongFields(asked)]);
      const id = `${kind}-${newId()}`;
      const request = JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
      await backtests.insert({ id, userId: user._id, kind, request });
      try {
        await research.start(kind, id, { userId: user._id, kind, request });
      } catch (error) {
        await backtests.finish(id, { status: 'FAILED', error: 'The engine could not be reached.' });
        throw error;
      }
      return views.run(await own(user._id, id));
    },
  });

  const list = defineRoute({
    method: 'get',
    path,
    tag,
    summary: `Own ${kind === 'backtest' ? 'backtests' : 'searches'}, newest first, without their results`,
    access: 'user',
    query: schemas.runsQuery,
    answers: { 200: schemas.runs },
    async handle({ user, query }) {
      const source = {
        ...ownedBy(user),
        collection: database.models.backtests,
        time: 'createdAt' as const,
        filter: { kind },
      };
      const { items, nextCursor } = await pageByTime<BacktestDocument>(source, query);
      return {
        items: items.map((one) => {
          const { result: _result, ...rest } = views.run(one);
          return rest;
        }),
        nextCursor,
      };
    },
  });

  const read = defineRoute({
    method: 'get',
    path: `${path}/:id`,
    tag,
    summary: 'How far it is, and what came out',
    access: 'user',
    params: common.idParams,
    answers: { 200: schemas.run },
    async handle({ user, params }) {
      const { result, ...run } = views.run(await own(user._id, params.id));
      const results = result?.['results'];
      return { ...run, result, ...(Array.isArray(results) ? { results: results as Record<string, unknown>[] } : {}) };
    },
  });

  const cancel = defineRoute({
    method: 'post',
    path: `${path}/:id/cancel`,
    tag,
    summary: 'Cancel it',
    access: 'user',
    params: common.idParams,
    body: common.noBody,
    answers: { 200: schemas.run },
    async handle({ user, params }) {
      const found = await own(user._id, params.id);
      if (found.finishedAt) throw conflict(`It has ended already: ${found.status}.`);
      await research.cancel(params.id);
      await backtests.finish(params.id, { status: 'CANCELLED' });
      return views.run(await own(user._id, params.id));
    },
  });

  return [start, list, read, cancel];
}

function modelRoutes({ repositories, venue }: ApiDependencies, research: ResearchService): Route[] {
  const { models, audit } = repositories;
  return [
    defineRoute({
      method: 'get',
      path: '/api/models',
      tag: 'Research',
      summary: 'Model versions, their quality reports, which is in use',
      access: 'user',
      answers: { 200: schemas.models },
      handle: async () => ({ items: (await models.list()).map(viewOfModel), nextCursor: null }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/models/train',
      tag: 'Research',
      summary: 'Train a new version; one training of a symbol and timeframe at a time',
      access: 'admin',
      body: schemas.train,
      answers: { 202: schemas.trainAnswer },
      async handle({ user, body, ip }) {
        const changes = { symbol: body.symbol ?? 'BTC/USDT', timeframe: body.timeframe ?? '5m' };
        refuse(await wrongSymbol(venue, changes.symbol));
        const id = trainingWorkflowId(changes.symbol, changes.timeframe);
        await research.start('training', id, { ...changes, by: user._id });
        await audit.append({ actorId: user._id, userId: null, action: 'model.train', target: id, changes, ip });
        return reply(202, { workflowId: id });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/models/:version/promote',
      tag: 'Research',
      summary: 'Put a version to use',
      access: 'admin',
      params: schemas.versionParams,
      body: common.noBody,
      answers: { 200: schemas.model },
      async handle({ user, params, ip }) {
        const found = await models.get(params.version);
        if (!found) throw notFound('No such model.');
        const reason = whyNotUsable(found);
        if (reason) throw conflict(`${params.version} cannot be put to use: ${reason}.`, 'MODEL_NOT_USABLE');
        await models.promote(params.version);
        await audit.append({ actorId: user._id, userId: null, action: 'model.promote', target: params.version, ip });
        return viewOfModel({ ...found, stage: 'active' });
      },
    }),
  ];
}

/** A version that no worker could ask must not take the place of one that answers. */
function whyNotUsable({ stage, artifact }: ModelDocument): string | null {
  if (stage === 'failed') return 'the drift watch took it out of use';
  if (!artifact) return 'nothing of it was saved';
  try {
    loadModel(JSON.parse(artifact), KNOWN_FEATURES);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

type StoredModel = Awaited<ReturnType<ApiDependencies['repositories']['models']['list']>>[number];

const viewOfModel = ({
  version,
  symbol,
  timeframe,
  stage,
  quality,
  trainedFrom,
  trainedTo,
  createdAt,
}: StoredModel) => ({
  version,
  symbol,
  timeframe,
  stage,
  inUse: stage === 'active',
  report: quality,
  trainedFrom: trainedFrom?.toISOString() ?? null,
  trainedTo: trainedTo?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});
