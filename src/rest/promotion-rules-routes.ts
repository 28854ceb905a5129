import type { FastifyRequest } from 'fastify';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { answer, TAGS } from './openapi.js';
import { GetPromotionRulesDocument, SetPromotionRulesDocument } from './operations.generated.js';
import { EXAMPLES } from './promotion-examples.js';
import { fromRule, toRuleInput } from './promotion-mapping.js';
import { PromotionRulesAnswer, PromotionRulesBody } from './promotion-schemas.js';

const PROMOTION_RULES = '/api/v1/llm/promotion-rules';

/** What adapters must fulfil before they are promoted. */
export function promotionRulesRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.get(
    PROMOTION_RULES,
    {
      config: { failure: 'Failed to read the promotion rules' },
      schema: {
        operationId: 'getPromotionRules',
        summary: 'Read the promotion rules',
        description: 'Returns the rules adapters must meet before they are promoted.',
        tags: [TAGS.adapters],
        response: { 200: answer(PromotionRulesAnswer, 'The rules.', EXAMPLES.rules) },
      },
    },
    async (request) => {
      const { promotionRules } = await run(GetPromotionRulesDocument, {}, contextOf(request));
      return { rules: promotionRules.rules.map(fromRule), revision: promotionRules.revision };
    },
  );

  application.put(
    PROMOTION_RULES,
    {
      config: {
        failure: 'Failed to store the promotion rules',
        fieldNames: new Map([['expectedRevision', 'revision']]),
      },
      schema: {
        operationId: 'setPromotionRules',
        summary: 'Replace the promotion rules',
        description:
          'Replaces the rules adapters must meet before they are promoted. Promoted adapters keep their stage.',
        tags: [TAGS.adapters],
        body: PromotionRulesBody,
        response: { 200: answer(PromotionRulesAnswer, 'The new rules.', EXAMPLES.rules) },
        refusals: ['CONFLICT'],
      },
    },
    async (request) => {
      const { rules, revision: expectedRevision = null } = request.body;
      const variables = { rules: rules.map(toRuleInput), expectedRevision };
      const { setPromotionRules } = await run(SetPromotionRulesDocument, variables, contextOf(request));
      return { rules: setPromotionRules.rules.map(fromRule), revision: setPromotionRules.revision };
    },
  );
}
