import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import type { FacetKind, StatsGrouping } from '../../feedback/grouped-stats.js';
import { planFilter } from '../../feedback/index/filter.js';
import { checkField, idProblem } from '../../model/input.js';
import type { RequestContext } from '../context.js';
import { toFilter } from '../feedback-lists.js';
import { PageArguments } from '../types/connection.js';
import { FacetFieldEnum, FeedbackFacetConnection } from '../types/facets.js';
import { FeedbackFilterInput } from '../types/feedback-content.js';
import { statsSource } from './model-stats.js';

@Resolver()
export class FacetResolver {
  @Query(() => FeedbackFacetConnection, {
    description:
      'The values of a field of feedback entries, each with the counts of its entries, ordered by value. With a filter, ' +
      'only the entries that it selects count; a value that none of them has is listed with counts of 0, and a page has at ' +
      'most 100 values. The filter must not have a `search`.',
  })
  feedbackFacets(
    @Arg('field', () => FacetFieldEnum, { description: 'The field.' }) field: FacetKind,
    @Arg('scoreName', () => String, { nullable: true, description: 'The name of the score, if `field` is `SCORE`.' })
    scoreName: string | null | undefined,
    @Arg('filter', () => FeedbackFilterInput, { nullable: true, description: 'Filter for the entries to count.' })
    filter: FeedbackFilterInput | null | undefined,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof FeedbackFacetConnection> {
    if (typeof filter?.search === 'string') {
      throw new InvalidInputError([{ field: 'search', problem: 'is not allowed here: only lists of entries search' }]);
    }
    const plan = planFilter(context.actor.org, toFilter(context.services, { filter }), context.services.keyedHash);
    return new FeedbackFacetConnection(
      statsSource(context, groupingOf(field, scoreName), page, ({ name: _, ...facet }) => facet, plan),
    );
  }
}

/** @throws {InvalidInputError} if a score is named for another field, or none for the field of scores. */
function groupingOf(field: FacetKind, scoreName: string | null | undefined): StatsGrouping {
  const score = scoreName ?? undefined;
  if (field !== 'score') {
    if (score === undefined) return { of: field };
    throw new InvalidInputError([
      { field: 'scoreName', problem: 'is allowed only where the values of a score are counted' },
    ]);
  }
  if (score === undefined) {
    throw new InvalidInputError([{ field: 'scoreName', problem: 'must name the score whose values are counted' }]);
  }
  checkField('scoreName', score, idProblem);
  return { of: 'score', score };
}
