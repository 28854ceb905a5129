import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import { compareAdapters, comparedKeys, MAX_COMPARED } from '../../graph/compare-adapters.js';
import { checkField, idProblem } from '../../model/input.js';
import { mapYielding } from '../../yield-to-event-loop.js';
import type { RequestContext } from '../context.js';
import { AdapterComparison } from '../types/comparison.js';
import { checkPageSize } from '../types/connection.js';
import { toFeedbackNode } from '../types/feedback.js';

@Resolver()
export class ComparisonResolver {
  @Query(() => AdapterComparison, {
    description:
      'Compares adapters on the same questions by their approved feedback, and shows where a descendant fixed ' +
      "or broke an ancestor's answers. Rate-limited per user per minute.",
  })
  async compareAdapters(
    @Arg('ids', () => [ID], { description: 'Ids of 2 to 8 distinct adapters.' }) ids: readonly string[],
    @Arg('first', () => Int, { defaultValue: 100, description: 'Number of questions to return, from 1 to 1000.' })
    first: number,
    @Ctx() { loaders, services, actor: { org } }: RequestContext,
  ): Promise<AdapterComparison> {
    if (ids.length < 2 || ids.length > MAX_COMPARED || new Set(ids).size < ids.length) {
      throw new InvalidInputError([{ field: 'ids', problem: `must be 2 to ${MAX_COMPARED} ids, each once` }]);
    }
    for (const id of ids) checkField('ids', id, idProblem);
    const limit = checkPageSize(first);
    const adapters = await Promise.all(ids.map((id) => loaders.adapters.load(id)));
    const missing = ids.filter((_, index) => adapters[index] === undefined);
    if (missing.length > 0) {
      throw new InvalidInputError([
        { field: 'ids', problem: `must be ids of adapters; '${missing[0] ?? ''}' is none` },
      ]);
    }
    const { questions, fixed, broken, headToHead, ...compared } = await loaders.longRead(
      ['compareAdapters', ...ids],
      (read) => compareAdapters({ read }, org, ids, services.keyedHash),
      (reader) => comparedKeys(reader, org, ids),
    );
    return {
      adapters: compared.adapters.flatMap(({ adapterId: _, ...counts }, index) => {
        const adapter = adapters[index];
        return adapter === undefined ? [] : [{ adapter, ...counts }];
      }),
      questions: await mapYielding(questions.slice(0, limit), ({ judgements, ...question }) => ({
        ...question,
        judgements: judgements.map(({ newest, ...judgement }) => ({ ...judgement, newest: toFeedbackNode(newest) })),
      })),
      headToHead,
      questionCount: questions.length,
      fixedCount: fixed,
      brokenCount: broken,
    };
  }
}
