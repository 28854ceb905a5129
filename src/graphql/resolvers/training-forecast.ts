import { Arg, Ctx, FieldResolver, Float, Int, Query, Resolver, Root } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Split } from '../../training/batch.js';
import { MAX_BATCH_ROWS } from '../../training/claim.js';
import { findExportable } from '../../training/export/export.js';
import type { ExportFormat } from '../../training/export/formats.js';
import { MAX_PREVIEW_ROWS, previewRows } from '../../training/export/preview.js';
import { forecastClaim, MAX_FORECAST_ENTRIES } from '../../training/forecast.js';
import { budgetedStore } from '../budget/budgeted-store.js';
import type { RequestContext } from '../context.js';
import { TrainingFilterInput, toClaimFilter } from '../types/training-filter.js';
import { TrainingForecast, TrainingFormatEnum, TrainingPreview } from '../types/training-forecast.js';
import { ClaimOrder, SplitEnum, TrainingBatchNode } from '../types/training.js';

/** How alike rows are that an export takes for one, where the server says nothing else. */
const DEFAULT_SIMILARITY = 0.95;

/** What whoever claims or downloads wants to see before. */
@Resolver(() => TrainingBatchNode)
export class TrainingForecastResolver {
  @Query(() => TrainingForecast, {
    description:
      'What `createTrainingBatch` with the same arguments would claim now, and what it would be good for; nothing is ' +
      `claimed. Looks at no more than ${MAX_FORECAST_ENTRIES} entries that fit. Rate-limited per user per minute.`,
  })
  trainingForecast(
    @Arg('filter', () => TrainingFilterInput, {
      nullable: true,
      description: 'Filter for the entries; all eligible entries by default.',
    })
    filter: TrainingFilterInput | null | undefined,
    @Arg('limit', () => Int, { description: `Maximum number of entries to claim, from 1 to ${MAX_BATCH_ROWS}.` })
    limit: number,
    @Arg('order', () => ClaimOrder, { defaultValue: ClaimOrder.OLDEST, description: 'Which entries to claim first.' })
    order: ClaimOrder,
    @Arg('holdout', () => Float, {
      defaultValue: 0,
      description: 'Share of the entries to hold out of training, from 0 to 0.5.',
    })
    holdout: number,
    @Arg('maxPerUser', () => Int, {
      nullable: true,
      description: `Maximum number of entries of one user, from 1 to ${MAX_BATCH_ROWS}; no bound by default.`,
    })
    maxPerUser: number | null | undefined,
    @Ctx() { services, actor, budget, loaders }: RequestContext,
  ): Promise<TrainingForecast> {
    const request = {
      filter: toClaimFilter(filter),
      newestFirst: order === ClaimOrder.NEWEST,
      limit,
      holdout,
      ...omitNullish({ maxPerUser }),
    };
    const { store, keyedHash } = services;
    return loaders.longRead(['trainingForecast', request], () =>
      forecastClaim({ store: budgetedStore(store, budget), keyedHash }, actor.org, request),
    );
  }

  @FieldResolver(() => TrainingPreview, {
    description:
      'The first rows of an export as JSON Lines. The training batch does not count as exported by it. Reads every ' +
      'included entry and is therefore rate-limited per user per minute.',
  })
  async preview(
    @Root() { number }: TrainingBatchNode,
    @Arg('format', () => TrainingFormatEnum, { description: 'Format of the rows.' }) format: ExportFormat,
    @Arg('split', () => SplitEnum, { defaultValue: 'train', description: 'Part of the training batch.' }) split: Split,
    @Arg('first', () => Int, {
      defaultValue: 10,
      description: `Number of rows to return, from 1 to ${MAX_PREVIEW_ROWS}; fewer if they are very long.`,
    })
    first: number,
    @Ctx() { services, actor, budget, loaders }: RequestContext,
  ): Promise<TrainingPreview> {
    if (!(first >= 1 && first <= MAX_PREVIEW_ROWS)) {
      throw new InvalidInputError([{ field: 'first', problem: `must be from 1 to ${MAX_PREVIEW_ROWS}` }]);
    }
    const { store, exportSimilarity: similarity = DEFAULT_SIMILARITY } = services;
    const { batch } = await findExportable(store, actor.org, number, services.now());
    const request = { number, format, split, similarity, pairSameQuestion: true };
    return loaders.longRead(
      ['preview', number, format, split, first],
      () => previewRows(budgetedStore(store, budget), actor.org, batch, request, first),
      () => 4 * batch.feedbackCount,
    );
  }
}
