import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import type { FacetKind } from '../../feedback/index/grouped-stats.js';
import type { RequestContext } from '../context.js';
import { PageArguments } from '../types/connection.js';
import { FacetFieldEnum, FeedbackFacetConnection } from '../types/facets.js';
import { statsSource } from './model-stats.js';

@Resolver()
export class FacetResolver {
  @Query(() => FeedbackFacetConnection, {
    description: 'The values of a field of feedback entries, each with the counts of its entries, ordered by value.',
  })
  feedbackFacets(
    @Arg('field', () => FacetFieldEnum, { description: 'The field.' }) field: FacetKind,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: RequestContext,
  ): InstanceType<typeof FeedbackFacetConnection> {
    return new FeedbackFacetConnection(
      statsSource(context, { of: field }, page, ({ name, ...stats }) => ({ ...stats, value: name })),
    );
  }
}
