import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { ERRORS } from '../errors.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { ADAPTERS, unknownAdapter } from './adapter-routes.js';
import { AdapterIdParameters } from './adapter-schemas.js';
import { fromEnum, LIST_FIELD_NAMES, toEnum } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  CheckPromotionDocument,
  ListStageChangesDocument,
  PromoteAdapterDocument,
  type PromoteAdapterInput,
  type PromoteAdapterMutation,
} from './operations.generated.js';
import { entityTag, ifMatch } from './preconditions.js';
import { EXAMPLES } from './promotion-examples.js';
import { fromCheck, fromStageChange, toRuleInput } from './promotion-mapping.js';
import {
  CheckAnswer,
  CheckQuery,
  PageQuery,
  PromoteBody,
  PromotedAnswer,
  PromotionRefusedAnswer,
  StageChangesAnswer,
} from './promotion-schemas.js';

type Check = NonNullable<PromoteAdapterMutation['promoteAdapter']['check']>;

/** Promoting adapters, and what led to their stages. */
export function promotionRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.post(
    `${ADAPTERS}/:id/promote`,
    {
      config: { failure: 'Failed to promote the adapter' },
      schema: {
        operationId: 'promoteAdapter',
        summary: 'Promote or retire an adapter',
        description:
          'Changes the stage of an adapter: to candidate or production only if it meets the rules of that stage, to retired ' +
          'in any case. If a rule does not hold, the response is 409 and lists every rule with its measured value; nothing ' +
          'is changed. An adapter that is at the stage already with its registered version stays as it is.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        body: PromoteBody,
        response: {
          200: answer(PromotedAnswer, 'The adapter is at the stage.', EXAMPLES.promoted),
          409: answer(
            PromotionRefusedAnswer,
            'A rule does not hold, or the request conflicts with the current state; nothing was changed.',
            EXAMPLES.refused,
          ),
        },
        refusals: ['NOT_FOUND'],
        entityTag: 'expected',
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const input = toInput(id, request.body);
      const { promoteAdapter } = await ifMatch(request, (expectedRevision) =>
        run(PromoteAdapterDocument, { input: { ...input, expectedRevision } }, contextOf(request)),
      );
      const { promoted, adapter, change, check, retired } = promoteAdapter;
      reply.header('etag', entityTag(adapter.revision));
      if (!promoted && check !== null) return reply.code(409).send(toRefusal(check));
      return reply.send({
        id: adapter.id,
        stage: fromEnum(adapter.stage ?? input.stage ?? 'PRODUCTION'),
        revision: adapter.revision,
        promoted,
        changed: change !== null,
        ...omitNullish({ change: change && fromStageChange(change), check: check && fromCheck(check) }),
        retired,
      });
    },
  );

  application.get(
    `${ADAPTERS}/:id/promotion`,
    {
      config: { failure: 'Failed to check the promotion rules' },
      schema: {
        operationId: 'checkPromotion',
        summary: 'Check the promotion rules',
        description:
          'Returns every rule of a stage with its measured value, as a promotion would be told. Changes nothing. Also ' +
          'requires `feedback:read`.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        querystring: CheckQuery,
        response: { 200: answer(CheckAnswer, 'The rules and their results.', EXAMPLES.check) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const variables = { id: request.params.id, stage: toEnum(request.query.stage) };
      const { adapter } = await run(CheckPromotionDocument, variables, contextOf(request));
      if (adapter === null) throw unknownAdapter();
      return fromCheck(adapter.promotion);
    },
  );

  application.get(
    `${ADAPTERS}/:id/stages`,
    {
      config: { failure: 'Failed to list changes of the stage', fieldNames: LIST_FIELD_NAMES },
      schema: {
        operationId: 'listStageChanges',
        summary: 'List changes of the stage of an adapter',
        description:
          'Lists who changed the stage of an adapter, when and why, newest first. Also requires `feedback:read`.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        querystring: PageQuery,
        response: { 200: answer(StageChangesAnswer, 'A page of changes.', EXAMPLES.stageChanges) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { limit: first, cursor: after = null } = request.query;
      const variables = { id: request.params.id, first, after };
      const { adapter } = await run(ListStageChangesDocument, variables, contextOf(request));
      if (adapter === null) throw unknownAdapter();
      const { edges, pageInfo } = adapter.stageHistory;
      return {
        changes: edges.map(({ node }) => ({ ...fromStageChange(node), results: [...node.resultDocuments] })),
        count: edges.length,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );
}

function toInput(
  id: string,
  body: Static<typeof PromoteBody>,
): PromoteAdapterInput & Required<Pick<PromoteAdapterInput, 'stage'>> {
  const { stage = 'production', force = false, reason, retire, rules } = body;
  return { id, stage: toEnum(stage), force, ...omitNullish({ reason, retire, rules: rules?.map(toRuleInput) }) };
}

function toRefusal(check: Check): Static<typeof PromotionRefusedAnswer> {
  const failed = check.results.filter(({ passed }) => !passed);
  const found = failed.map(({ explanation }) => explanation).join('; ');
  const details = `${failed.length} of ${check.results.length} promotion rules ${failed.length === 1 ? 'does' : 'do'} not hold: ${found}`;
  return { error: ERRORS.CONFLICT.title, details, code: 'CONFLICT', promoted: false, check: fromCheck(check) };
}
