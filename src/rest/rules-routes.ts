import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { SCORE_KINDS } from '../feedback/rules.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { fromEnum, toEnum } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  type FeedbackRulesEntryFragment,
  GetFeedbackRulesDocument,
  SetFeedbackRulesDocument,
  type SetFeedbackRulesMutationVariables,
} from './operations.generated.js';
import { closed } from './schemas.js';

const ConditionSchema = Type.Object(
  {
    at_least: Type.Optional(Type.Number({ description: 'Smallest matching number.' })),
    at_most: Type.Optional(Type.Number({ description: 'Largest matching number.' })),
    one_of: Type.Optional(
      Type.Array(Type.String(), { description: 'Matching categories, or `true` and `false` for a boolean.' }),
    ),
  },
  { ...closed, title: 'ScoreCondition' },
);

const DefinitionSchema = Type.Object(
  {
    name: Type.String({ description: 'Name of the score, 1 to 256 bytes.' }),
    kind: Type.Enum(SCORE_KINDS, { type: 'string', description: 'Kind of its values.' }),
    min: Type.Optional(Type.Number({ description: 'Smallest number allowed.' })),
    max: Type.Optional(Type.Number({ description: 'Largest number allowed.' })),
    categories: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Allowed categories, at most 100. If omitted, every category is allowed.',
      }),
    ),
    positive: Type.Optional(ConditionSchema),
    negative: Type.Optional(ConditionSchema),
  },
  { ...closed, title: 'ScoreDefinition' },
);

const rules = {
  score_definitions: Type.Array(DefinitionSchema, {
    description:
      'Definitions of the allowed scores, at most 50. If empty, every score is allowed. An entry submitted without a `type` ' +
      'takes it from its first score, in this order, whose definition says which values are good or bad; if the value is ' +
      'neither, the entry is negative and flagged.',
  }),
  allowed_tags: Type.Array(Type.String(), {
    description: 'Allowed tags: at most 1,000, of 1 to 256 bytes each. If empty, every tag is allowed.',
  }),
};

const RulesAnswer = Type.Object(
  {
    ...rules,
    revision: Type.Integer({
      description: 'Revision number of the rules, incremented by every change; 0 until they are first set.',
    }),
  },
  { title: 'FeedbackRules' },
);

const RulesBody = Type.Object(
  {
    score_definitions: Type.Optional(rules.score_definitions),
    allowed_tags: Type.Optional(rules.allowed_tags),
    revision: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, description: 'Expected current revision of the rules.' }),
    ),
  },
  { ...closed, title: 'FeedbackRulesRequest', 'x-examples': EXAMPLES.rulesRequest },
);

/** What an organization takes scores and tags for. */
export function rulesRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.get(
    `${BASE}/rules`,
    {
      config: { failure: 'Failed to read the rules' },
      schema: {
        operationId: 'getFeedbackRules',
        summary: 'Read the rules of scores and tags',
        description: 'Returns the scores and tags that entries may have, and which scores decide the type of an entry.',
        tags: [TAGS.feedback],
        response: { 200: answer(RulesAnswer, 'The rules.', EXAMPLES.rules) },
      },
    },
    async (request) => {
      const { feedbackRules } = await run(GetFeedbackRulesDocument, {}, contextOf(request));
      return toRules(feedbackRules);
    },
  );

  application.put(
    `${BASE}/rules`,
    {
      config: {
        failure: 'Failed to store the rules',
        fieldNames: new Map([['expectedRevision', 'revision']]),
      },
      schema: {
        operationId: 'setFeedbackRules',
        summary: 'Replace the rules of scores and tags',
        description: 'Replaces the rules; omitted ones are removed. Stored entries are not changed.',
        tags: [TAGS.feedback],
        body: RulesBody,
        response: { 200: answer(RulesAnswer, 'The new rules.', EXAMPLES.rules) },
        refusals: ['CONFLICT'],
      },
    },
    async (request) => {
      const { setFeedbackRules } = await run(SetFeedbackRulesDocument, toVariables(request.body), contextOf(request));
      return toRules(setFeedbackRules);
    },
  );
}

function toVariables(body: Static<typeof RulesBody>): SetFeedbackRulesMutationVariables {
  const { score_definitions = [], allowed_tags: allowedTags = [], revision } = body;
  return {
    expectedRevision: revision ?? null,
    input: {
      allowedTags,
      scoreDefinitions: score_definitions.map(({ kind, positive, negative, ...definition }) => ({
        ...definition,
        kind: toEnum(kind),
        ...omitNullish({ positive: positive && toCondition(positive), negative: negative && toCondition(negative) }),
      })),
    },
  };
}

function toCondition({ at_least, at_most, one_of }: Static<typeof ConditionSchema>) {
  return omitNullish({ atLeast: at_least, atMost: at_most, oneOf: one_of });
}

function toRules({ scoreDefinitions, allowedTags, revision }: FeedbackRulesEntryFragment): Static<typeof RulesAnswer> {
  return {
    score_definitions: scoreDefinitions.map(({ name, kind, positive, negative, ...bounds }) => ({
      name,
      kind: fromEnum(kind),
      ...omitNullish(bounds),
      ...omitNullish({ positive: positive && fromCondition(positive), negative: negative && fromCondition(negative) }),
    })),
    allowed_tags: allowedTags,
    revision,
  };
}

type Condition = NonNullable<FeedbackRulesEntryFragment['scoreDefinitions'][number]['positive']>;

function fromCondition({ atLeast, atMost, oneOf }: Condition): Static<typeof ConditionSchema> {
  return omitNullish({ at_least: atLeast, at_most: atMost, one_of: oneOf });
}
