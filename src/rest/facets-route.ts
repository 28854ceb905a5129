import { type Static, Type } from 'typebox';
import { FACET_KINDS, type FacetKind } from '../feedback/grouped-stats.js';
import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { FacetFieldEnum } from '../graphql/types/facets.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { filterVariable, LIST_FIELD_NAMES, toStats } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import { ListFeedbackFacetsDocument } from './operations.generated.js';
import { closed, listFilterParameters, StatsAnswer, VersionsQuery } from './schemas.js';

const FIELD_OF = {
  tag: 'TAG',
  source: 'SOURCE',
  conversation: 'CONVERSATION_ID',
  model: 'MODEL_VERSION',
  score: 'SCORE',
} as const satisfies { readonly [Kind in FacetKind]: keyof typeof FacetFieldEnum };

const FacetsQuery = Type.Object(
  {
    field: Type.Enum(FACET_KINDS, { type: 'string', description: 'The field whose values to count.' }),
    score_name: Type.Optional(Type.String({ description: 'The name of the score, if `field` is `score`.' })),
    ...listFilterParameters,
    ...VersionsQuery.properties,
  },
  closed,
);

const FacetsAnswer = Type.Object(
  {
    field: Type.String({ description: 'The field.' }),
    values: Type.Array(
      Type.Object(
        { value: Type.String({ description: 'The value.' }), ...StatsAnswer.properties },
        { title: 'FeedbackFacet' },
      ),
      { description: 'Values of the page, in their order.' },
    ),
    count: Type.Integer({ description: 'Number of values returned.' }),
    next_cursor: Type.Optional(Type.String({ description: 'The `cursor` of the next page, if there is one.' })),
  },
  { title: 'FeedbackFacetList' },
);

/** `GET …/feedback/facets`: the values of a field with the counts of their entries. */
export function facetsRoute(application: Application, run: RunOperation, services: Services): void {
  application.get(
    `${BASE}/facets`,
    {
      config: {
        failure: 'Failed to read statistics',
        fieldNames: new Map([...LIST_FIELD_NAMES, ['scoreName', 'score_name']]),
      },
      schema: {
        operationId: 'listFeedbackFacets',
        summary: 'Count entries by the values of a field',
        description:
          'Lists the values of a field, such as tags, each with the counts of its entries. An entry counts for each of its ' +
          'tags. With filters, only the entries that they select count; a value that none of them has is listed with ' +
          'counts of 0, and a page has at most 100 values.',
        tags: [TAGS.feedback],
        querystring: FacetsQuery,
        response: { 200: answer(FacetsAnswer, 'A page of values.', EXAMPLES.facets) },
      },
    },
    async (request): Promise<Static<typeof FacetsAnswer>> => {
      const { field, score_name: scoreName = null, limit: first, cursor: after = null, ...query } = request.query;
      const variables = { field: FIELD_OF[field], scoreName, filter: filterVariable(query), first, after };
      const { feedbackFacets } = await run(ListFeedbackFacetsDocument, variables, requestContext(request, services));
      const { edges, pageInfo } = feedbackFacets;
      return {
        field,
        values: edges.map(({ node }) => ({ value: node.value, ...toStats(node) })),
        count: edges.length,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );
}
