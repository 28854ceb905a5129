import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { type FeedbackRules, readRules, type ScoreDefinition, setRules } from '../../feedback/rules.js';
import { omitNullish } from '../../omit-nullish.js';
import type { RequestContext } from '../context.js';
import {
  FeedbackRulesInput,
  FeedbackRulesNode,
  type ScoreConditionInput,
  type ScoreDefinitionInput,
} from '../types/rules.js';

@Resolver()
export class RulesResolver {
  @Query(() => FeedbackRulesNode, {
    description: 'The scores and tags that entries may have, and which scores decide the type of an entry.',
  })
  feedbackRules(@Ctx() { loaders, actor }: RequestContext): Promise<FeedbackRules> {
    return loaders.batchedRead((reader) => readRules(reader, actor.org));
  }

  @Mutation(() => FeedbackRulesNode, {
    description: 'Replaces the rules of scores and tags. Stored entries are not changed.',
  })
  async setFeedbackRules(
    @Arg('input', () => FeedbackRulesInput, { description: 'The rules.' }) input: FeedbackRulesInput,
    @Arg('expectedRevision', () => Int, { nullable: true, description: 'Expected current revision of the rules.' })
    expectedRevision: number | null | undefined,
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<FeedbackRules> {
    const { scoreDefinitions, allowedTags } = input;
    const rules = { scoreDefinitions: (scoreDefinitions ?? []).map(toDefinition), allowedTags: allowedTags ?? [] };
    const once = idempotency('setFeedbackRules', { rules, expectedRevision });
    const revision = await setRules(services, actor, rules, omitNullish({ expectedRevision, idempotency: once }));
    return { ...rules, revision };
  }
}

function toDefinition({ positive, negative, ...given }: ScoreDefinitionInput): ScoreDefinition {
  const { name, kind } = given;
  return {
    ...omitNullish(given),
    name,
    kind,
    ...omitNullish({ positive: toCondition(positive), negative: toCondition(negative) }),
  };
}

function toCondition(given: ScoreConditionInput | null | undefined): ScoreDefinition['positive'] {
  return given === null || given === undefined ? undefined : omitNullish(given);
}
