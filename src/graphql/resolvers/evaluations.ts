import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import {
  countEvaluations,
  evaluationPage,
  findEvaluations,
  MAX_POSTED,
  recordEvaluations,
} from '../../adapters/evaluations.js';
import { omitNullish } from '../../omit-nullish.js';
import type { RequestContext } from '../context.js';
import { createCursors } from '../cursors.js';
import { AdapterNode } from '../types/adapter.js';
import { checkPageSize, PageArguments } from '../types/connection.js';
import { EvaluationConnection, EvaluationInput, RecordEvaluationsPayload } from '../types/evaluation.js';

@Resolver(() => AdapterNode)
export class EvaluationResolver {
  @FieldResolver(() => EvaluationConnection, { description: 'Evaluations of the adapter, the last recorded first.' })
  evaluations(
    @Root() { id }: AdapterNode,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): InstanceType<typeof EvaluationConnection> {
    const cursors = createCursors([org, 'evaluations', id]);
    const last = typeof after === 'string' ? cursors.decode(after) : undefined;
    const limit = checkPageSize(first);
    return new EvaluationConnection({
      continued: last !== undefined,
      page: async () => {
        const page = await loaders.batchedRead((reader) => evaluationPage(reader, org, id, limit, last));
        const edges = page.evaluations.map((node) => ({ cursor: cursors.encode(node.id), node }));
        return { edges, hasNext: page.hasNext };
      },
      total: () => loaders.batchedRead((reader) => countEvaluations(reader, org, id)),
    });
  }

  @Mutation(() => RecordEvaluationsPayload, {
    description:
      'Records what was measured of an adapter elsewhere, such as on a benchmark; all evaluations or none. Promotion rules ' +
      'and documents use the newest evaluation of each metric and dataset. At most 10,000 evaluations of 200 metrics per ' +
      'adapter.',
  })
  async recordEvaluations(
    @Arg('adapterId', () => ID, { description: 'Id of the adapter.' }) adapterId: string,
    @Arg('evaluations', () => [EvaluationInput], { description: `The evaluations, 1 to ${MAX_POSTED}.` })
    given: readonly EvaluationInput[],
    @Ctx() { services, actor, loaders, idempotency }: RequestContext,
  ): Promise<RecordEvaluationsPayload> {
    const evaluations = given.map(({ name, value, measuredAt, ...rest }) => ({
      name,
      value,
      ...omitNullish({ ...rest, measuredAt: measuredAt?.getTime() }),
    }));
    const once = idempotency('recordEvaluations', { adapterId, evaluations });
    const ids = await recordEvaluations(services, actor, adapterId, evaluations, once);
    return {
      evaluations: await loaders.batchedRead((reader) => findEvaluations(reader, actor.org, adapterId, ids)),
    };
  }
}
