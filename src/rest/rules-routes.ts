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
    at_least: Type.Optional(Type.Number({ description: 'The least number.' })),
    at_most: Type.Optional(Type.Number({ description: 'The greatest number.' })),
    one_of: Type.Optional(Type.Array(Type.String(), { description: 'Categories, or `true` and `false`.' })),
  },
  { ...closed, title: 'ScoreCondition' },
);

const DefinitionSchema = Type.Object(
  {
    name: Type.String({ description: 'Name of the score, 1 to 256 bytes.' }),
    kind: Type.Enum(SCORE_KINDS, { type: 'string', description: 'What values it has.' }),
    min: Type.Optional(Type.Number({ description: 'The least number allowed.' })),
    max: Type.Optional(Type.Number({ description: 'The greatest number allowed.' })),
    categories: Type.Optional(
      Type.Array(Type.String(), { description: 'The categories allowed, up to 100; any if absent.' }),
    ),
    positive: Type.Optional(ConditionSchema),
    negative: Type.Optional(ConditionSchema),
  },
  { ...closed, title: 'ScoreDefinition' },
);

const rules = {
  score_definitions: Type.Array(DefinitionSchema, {
    description:
      'The scores, up to 50; any if there are none. The first one that an entry has and that says what is good decides the ' +
      'type of an entry without one; if it says neither, the entry is negative and flagged.',
  }),
  allowed_tags: Type.Array(Type.String(), {
    description: 'The tags, up to 1,000 of 1 to 256 bytes each; any if there are none.',
  }),
};

const RulesAnswer = Type.Object(
  {
    ...rules,
    revision: Type.Integer({
      description: 'Incremented by every change; 0 until the rules are set for the first time.',
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
        description: 'The scores and tags that entries may have, and what scores say of an answer.',
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
        description: 'Replaces the rules; what is left out is removed. Entries that are stored stay as they are.',
        tags: [TAGS.feedback],
        body: RulesBody,
        response: { 200: answer(RulesAnswer, 'The rules as they are now.', EXAMPLES.rules) },
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
