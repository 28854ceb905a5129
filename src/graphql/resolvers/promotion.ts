import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  checkPromotionRules,
  GATED_STAGES,
  type GatedStage,
  MAX_RULES,
  type PromotionRule,
  type PromotionRules,
  readPromotionRules,
  setPromotionRules,
} from '../../adapters/promotion-rules.js';
import { countStageChanges, findStageChange, type StageChange, stageHistoryPage } from '../../adapters/stages.js';
import { ApiError } from '../../errors.js';
import { checkPromotion, type PromotionCheck } from '../../graph/promotion-check.js';
import { promoteAdapter } from '../../graph/promotion.js';
import { omitNullish } from '../../omit-nullish.js';
import { requirePermission } from '../../principal.js';
import type { RequestContext } from '../context.js';
import { createCursors } from '../cursors.js';
import { AdapterNode } from '../types/adapter.js';
import { checkPageSize, PageArguments } from '../types/connection.js';
import { GatedStageEnum, PromotionRuleInput, PromotionRulesNode } from '../types/promotion-rules.js';
import {
  AdapterStageChangeConnection,
  PromoteAdapterInput,
  PromoteAdapterPayload,
  PromotionCheckNode,
  toStageChangeNode,
} from '../types/promotion.js';

@Resolver(() => AdapterNode)
export class PromotionResolver {
  @Query(() => PromotionRulesNode, { description: 'The rules adapters must meet before they are promoted.' })
  promotionRules(@Ctx() { loaders, actor }: RequestContext): Promise<PromotionRules> {
    return loaders.batchedRead((reader) => readPromotionRules(reader, actor.org));
  }

  @FieldResolver(() => PromotionCheckNode, {
    description:
      'What a promotion would be told: every rule of the stage with its measured value. Changes nothing. Rate-limited per ' +
      'user per minute.',
  })
  async promotion(
    @Root() { id }: AdapterNode,
    @Arg('stage', () => GatedStageEnum, { defaultValue: 'production', description: 'The stage.' }) stage: GatedStage,
    @Arg('rules', () => [PromotionRuleInput], {
      nullable: true,
      description: `Rules to check in addition to those of the organization: at most ${MAX_RULES}.`,
    })
    given: readonly PromotionRuleInput[] | null | undefined,
    @Ctx() { loaders, services, actor: { org } }: RequestContext,
  ): Promise<PromotionCheck> {
    const rules = (given ?? []).map(toRule);
    checkPromotionRules(rules);
    const { check } = await loaders.longRead(['promotion', id, stage, rules], (read) =>
      checkPromotion(read, org, { adapterId: id, stage, rules }, services.keyedHash),
    );
    return check;
  }

  @FieldResolver(() => AdapterStageChangeConnection, {
    description: 'Changes of the stage of the adapter, newest first.',
  })
  stageHistory(
    @Root() { id }: AdapterNode,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): InstanceType<typeof AdapterStageChangeConnection> {
    const cursors = createCursors([org, 'stageHistory', id]);
    const last = typeof after === 'string' ? cursors.decode(after) : undefined;
    const limit = checkPageSize(first);
    return new AdapterStageChangeConnection({
      continued: last !== undefined,
      page: async () => {
        const page = await loaders.batchedRead((reader) => stageHistoryPage(reader, org, id, limit, last));
        const edges = page.changes.map((change) => ({
          cursor: cursors.encode(change.id),
          node: toStageChangeNode(change),
        }));
        return { edges, hasNext: page.hasNext };
      },
      total: () => loaders.batchedRead((reader) => countStageChanges(reader, org, id)),
    });
  }

  @Mutation(() => PromotionRulesNode, {
    description: 'Replaces the rules adapters must meet before they are promoted. Promoted adapters keep their stage.',
  })
  async setPromotionRules(
    @Arg('rules', () => [PromotionRuleInput], {
      description: `The rules, at most ${MAX_RULES}. If empty, every promotion is allowed.`,
    })
    given: readonly PromotionRuleInput[],
    @Arg('expectedRevision', () => Int, { nullable: true, description: 'Expected current revision of the rules.' })
    expectedRevision: number | null | undefined,
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<PromotionRules> {
    const rules = given.map(toRule);
    const once = idempotency('setPromotionRules', { rules, expectedRevision });
    const options = omitNullish({ expectedRevision, idempotency: once });
    return { rules, revision: await setPromotionRules(services, actor, rules, options) };
  }

  @Mutation(() => PromoteAdapterPayload, {
    description:
      'Changes the stage of an adapter: to candidate or production only if it meets the rules of that stage, to retired ' +
      'in any case. If a rule does not hold, nothing is changed and `promoted` is false. Rate-limited per user per minute.',
  })
  async promoteAdapter(
    @Arg('input', () => PromoteAdapterInput, { description: 'The adapter and its new stage.' })
    { id, ...given }: PromoteAdapterInput,
    @Ctx() context: RequestContext,
  ): Promise<PromoteAdapterPayload> {
    const stage = given.stage ?? 'production';
    const force = given.force ?? false;
    const { services, actor, principal, loaders } = context;
    if (force) requirePermission(principal, 'org:admin');
    const { reason, expectedRevision } = given;
    const request = {
      adapterId: id,
      stage,
      force,
      rules: (given.rules ?? []).map(toRule),
      retire: given.retire ?? [],
      ...omitNullish({ reason, expectedRevision }),
    };
    const once = context.idempotency('promoteAdapter', request);
    const { promoted, check, changeId, retired } = await promoteAdapter(
      services,
      actor,
      request,
      loaders.batchedRead,
      once,
    );
    const { adapters } = loaders;
    const [adapter, change] = await Promise.all([
      adapters.clear(id).load(id),
      changeId === undefined
        ? undefined
        : loaders.batchedRead((reader) => findStageChange(reader, actor.org, id, changeId)),
    ]);
    if (adapter === undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
    return {
      promoted,
      adapter,
      change: change === undefined ? null : toStageChangeNode(change),
      check: check ?? (change === undefined ? null : checkOf(change)),
      retired,
    };
  }
}

/** What the rules said, for a request that is answered again. */
function checkOf({ stage, results, rulesRevision }: StageChange): PromotionCheckNode | null {
  const gated = GATED_STAGES.find((each) => each === stage);
  if (gated === undefined || rulesRevision === undefined) return null;
  return { stage: gated, passed: results.every(({ passed }) => passed), results, rulesRevision };
}

export function toRule({ kind, stage, ...given }: PromotionRuleInput): PromotionRule {
  return { kind, stage: stage ?? 'production', ...omitNullish(given) };
}
