import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { batchAdvice } from '../../training/advice.js';
import type { AllocatedBatch, Split } from '../../training/batch.js';
import { findExportable } from '../../training/export/export.js';
import { batchOutcome, type FeedbackCounts } from '../../training/outcome.js';
import { budgetedStore } from '../budget/budgeted-store.js';
import type { RequestContext } from '../context.js';
import { AdapterNode } from '../types/adapter.js';
import { TrainingAdvice, TrainingOutcome, type TrainingVerdicts } from '../types/training-report.js';
import { TrainingBatchNode, SplitEnum } from '../types/training.js';

/** What there is to say of a batch beyond its record. */
@Resolver(() => TrainingBatchNode)
export class TrainingReportResolver {
  @FieldResolver(() => AdapterNode, {
    nullable: true,
    description: 'The adapter produced from the training batch, once it is committed.',
  })
  async producedAdapter(
    @Root() { producedAdapterId }: TrainingBatchNode,
    @Ctx() { loaders }: RequestContext,
  ): Promise<AdapterNode | null> {
    return producedAdapterId === undefined ? null : ((await loaders.adapters.load(producedAdapterId)) ?? null);
  }

  @FieldResolver(() => TrainingAdvice, {
    description:
      'Suitability for training: class balance, weights, rows per training method, text lengths and conflicts. ' +
      'Reads every included entry and is therefore rate-limited per user per minute.',
  })
  async advice(
    @Root() { number }: TrainingBatchNode,
    @Arg('split', () => SplitEnum, { defaultValue: 'train', description: 'Part of the training batch to analyse.' })
    split: Split,
    @Ctx() context: RequestContext,
  ): Promise<TrainingAdvice> {
    const { services, actor, budget, loaders } = context;
    const { batch } = await findExportable(services.store, actor.org, number, services.now());
    return loaders.longRead(
      ['advice', number, split],
      () => batchAdvice(budgetedStore(services.store, budget), actor.org, batch, split),
      // All entries are read once for what they say together, and then again.
      () => 2 * includedKeys(batch),
    );
  }

  @FieldResolver(() => TrainingOutcome, {
    nullable: true,
    description:
      "How the produced adapter performs on the training batch's questions compared with its parent, updated " +
      'as feedback arrives. Null until the training batch is committed. Reads every included entry and is ' +
      'therefore rate-limited per user per minute.',
  })
  async outcome(
    @Root() { number, producedAdapterId }: TrainingBatchNode,
    @Ctx() context: RequestContext,
  ): Promise<TrainingOutcome | null> {
    if (producedAdapterId === undefined) return null;
    const { services, actor, budget, loaders } = context;
    const { batch } = await findExportable(services.store, actor.org, number, services.now());
    const { keyedHash } = services;
    const outcome = await loaders.longRead(
      ['outcome', number],
      () => batchOutcome({ store: budgetedStore(services.store, budget), keyedHash }, actor.org, batch),
      () => includedKeys(batch),
    );
    if (outcome === undefined) return null;
    return {
      truncated: outcome.truncated,
      splits: outcome.splits.map((each) => ({
        ...each,
        before: withRatio(each.before),
        after: withRatio(each.after),
      })),
    };
  }
}

/** About how many keys tell all entries of a batch: of each its edge and its record. */
function includedKeys({ feedbackCount }: AllocatedBatch): number {
  return 2 * feedbackCount;
}

function withRatio({ positive, negative }: FeedbackCounts): TrainingVerdicts {
  const all = positive + negative;
  return { positive, negative, positiveRatio: all === 0 ? null : positive / all };
}
