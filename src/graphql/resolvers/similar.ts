import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import { MAX_COMPARED, MAX_SIMILAR, MIN_SIMILARITY, rankSimilar } from '../../feedback/similar.js';
import type { RequestContext } from '../context.js';
import { FeedbackNode, toFeedbackNode } from '../types/feedback.js';
import { SimilarFeedback } from '../types/similar.js';

@Resolver(() => FeedbackNode)
export class SimilarResolver {
  @FieldResolver(() => [SimilarFeedback], {
    description:
      `Entries whose question and answer are alike to ${MIN_SIMILARITY} or more, the most similar first, whatever was said ` +
      `of the answer: among the newest ${MAX_COMPARED} entries of the same adapter, or, of an entry without one, of the ` +
      'organization. Found by MinHash, which misses some of those that are less alike than 0.8.',
  })
  async similar(
    @Root() { id }: FeedbackNode,
    @Arg('first', () => Int, {
      defaultValue: 5,
      description: `Number of entries to return, from 1 to ${MAX_SIMILAR}.`,
    })
    first: number,
    @Ctx() { services, actor, loaders, markUncacheable }: RequestContext,
  ): Promise<SimilarFeedback[]> {
    markUncacheable?.();
    if (first < 1 || first > MAX_SIMILAR) {
      throw new InvalidInputError([{ field: 'first', problem: `must be an integer from 1 to ${MAX_SIMILAR}` }]);
    }
    const feedback = await loaders.feedback.load(id);
    if (feedback === undefined || services.similar === undefined) return [];
    const ids = await services.similar.candidates(actor.org, feedback);
    const others = await Promise.all(ids.map((each) => loaders.feedback.load(each)));
    const found = await rankSimilar(
      feedback,
      others.filter((each) => each !== undefined),
      first,
    );
    return found.map(({ feedback: each, similarity }) => ({ node: toFeedbackNode(each), similarity }));
  }
}
