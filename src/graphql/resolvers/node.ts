import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import { idProblem } from '../../model/input.js';
import { nodeKind, type NodeKind } from '../../model/node.js';
import { READ_SOME_FEEDBACK } from '../../permissions.js';
import { requireAnyOf, requirePermission } from '../../principal.js';
import { trainingBatchNumber } from '../../training/batch.js';
import type { RequestContext } from '../context.js';
import { MAX_PAGE } from '../types/connection.js';
import { toFeedbackNode } from '../types/feedback.js';
import { Node } from '../types/node.js';
import { toTrainingBatchNode } from '../types/training.js';

type FindNode = (context: RequestContext, id: string) => Promise<Node | null>;

const FIND: Readonly<Record<NodeKind, FindNode>> = {
  Feedback: async ({ loaders, principal }, id) => {
    requireAnyOf(principal, READ_SOME_FEEDBACK);
    const feedback = await loaders.feedback.load(id);
    return feedback === undefined ? null : toFeedbackNode(feedback);
  },
  Adapter: async ({ loaders, principal }, id) => {
    requirePermission(principal, 'adapters:read');
    return idProblem(id) === undefined ? ((await loaders.adapters.load(id)) ?? null) : null;
  },
  TrainingBatch: async ({ loaders, services, principal }, id) => {
    requirePermission(principal, 'training:read');
    const number = trainingBatchNumber(id);
    const batch = number === undefined ? undefined : await loaders.trainingBatches.load(number);
    return batch === undefined ? null : toTrainingBatchNode(batch, services.now());
  },
};

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'A node by id. Null if there is none or it was erased.' })
  node(
    @Arg('id', () => ID, { description: 'Id of a feedback entry, an adapter or a training batch.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Node | null> {
    return FIND[nodeKind(id)](context, id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'Nodes by id, in the given order, with null for each one not found. They are fetched in one read.',
  })
  async nodes(
    @Arg('ids', () => [ID], { description: 'At most 1000 ids.' }) ids: string[],
    @Ctx() context: RequestContext,
  ): Promise<(Node | null)[]> {
    if (ids.length > MAX_PAGE) {
      throw new InvalidInputError([{ field: 'ids', problem: `must be a list of at most ${MAX_PAGE} ids` }]);
    }
    const distinct = [...new Set(ids)];
    const found = await Promise.all(distinct.map((id) => FIND[nodeKind(id)](context, id)));
    const nodes = new Map(distinct.map((id, index) => [id, found[index] ?? null]));
    return ids.map((id) => nodes.get(id) ?? null);
  }
}
