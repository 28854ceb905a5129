import { Arg, Ctx, Int, Resolver, Root, Subscription } from 'type-graphql';
import { cancellableIterator } from '../../cancellable-iterator.js';
import { ApiError } from '../../errors.js';
import { findBatches, type TrainingBatch, trainingBatchNumber } from '../../training/batch.js';
import type { RequestContext } from '../context.js';
import type { SubscriptionContext } from '../subscription-execution.js';
import { toTrainingBatchNode, TrainingBatchNode } from '../types/training.js';

/** What TypeGraphQL calls `subscribe` with. */
interface SubscriptionData {
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: SubscriptionContext;
}

/** What the subscription makes of one change: the batch, as it is when the event is sent. */
class BatchEvent {
  constructor(readonly batch: TrainingBatch) {}
}

@Resolver()
export class TrainingSubscription {
  @Subscription(() => TrainingBatchNode, {
    subscribe: streamBatches,
    description:
      'Streams each training batch as it is claimed, exported, renewed, committed or released, or its lease expires, in ' +
      'commit order, over WebSocket.',
  })
  trainingBatchChanged(
    @Root() event: unknown,
    @Arg('number', () => Int, { nullable: true, description: 'Only the training batch with this number.' })
    _number: number | null | undefined,
    @Ctx() { services }: RequestContext,
  ): TrainingBatchNode {
    if (!(event instanceof BatchEvent)) {
      throw new ApiError('BAD_USER_INPUT', 'Subscriptions are only available over WebSocket (graphql-transport-ws)');
    }
    return toTrainingBatchNode(event.batch, services.now());
  }
}

/** Changes of batches from now on, an iteration that can be ended while it waits. */
async function streamBatches({ args, context }: SubscriptionData): Promise<AsyncGenerator<BatchEvent, void>> {
  const { actor, changes } = context;
  const wanted = args['number'] as number | null | undefined;
  const after = await changes.newest(actor.org);
  const ended = new AbortController();

  async function* follow(): AsyncGenerator<BatchEvent, void> {
    for await (const page of changes.follow(actor.org, { after, signal: ended.signal })) {
      const numbers = page
        .filter(({ action }) => action.startsWith('training_batch.'))
        .map(({ node }) => trainingBatchNumber(node))
        .filter((number) => number !== undefined && (wanted ?? number) === number);
      const distinct = [...new Set(numbers)].filter((number) => number !== undefined);
      if (distinct.length === 0) continue;
      const found = await changes.read((reader) => findBatches(reader, actor.org, distinct), ended.signal);
      for (const batch of found ?? []) if (batch !== undefined) yield new BatchEvent(batch);
    }
  }

  const events = follow();
  return cancellableIterator(
    () => events.next(),
    () => {
      ended.abort();
      return events.return();
    },
  );
}
