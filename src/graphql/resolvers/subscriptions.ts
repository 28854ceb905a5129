import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import type { Change } from '../../audit/change-feed.js';
import { REVIEW_ACTION, SUBMIT_ACTION, type AuditAction } from '../../audit/events.js';
import { cancellableIterator } from '../../cancellable-iterator.js';
import { ApiError } from '../../errors.js';
import { planFilter } from '../../feedback/index/filter.js';
import { filterSelected } from '../../feedback/index/matching.js';
import { findFeedback } from '../../feedback/read.js';
import type { Feedback } from '../../model/feedback.js';
import type { RequestContext } from '../context.js';
import { toFilter } from '../feedback-lists.js';
import type { SubscriptionContext } from '../subscription-execution.js';
import { FeedbackFilterInput } from '../types/feedback-content.js';
import { FeedbackNode, toFeedbackNode } from '../types/feedback.js';

/** What TypeGraphQL calls `subscribe` with. */
interface SubscriptionData {
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: SubscriptionContext;
}

/** What a subscription makes of one change: the feedback, as it is when the event is sent. */
class FeedbackEvent {
  constructor(readonly feedback: Feedback) {}
}

const FILTER = "Filter, as for a list of entries, applied to the entry's state when the event is sent.";

@Resolver()
export class FeedbackSubscriptions {
  @Subscription(() => FeedbackNode, {
    subscribe: (data: SubscriptionData) => streamEvents(data, SUBMIT_ACTION),
    description: 'Streams each feedback entry as it is submitted, in commit order, over WebSocket.',
  })
  feedbackSubmitted(
    @Root() event: unknown,
    @Arg('filter', () => FeedbackFilterInput, { nullable: true, description: FILTER })
    _filter: FeedbackFilterInput | null | undefined,
    @Ctx() context: RequestContext,
  ): FeedbackNode {
    return toNode(event, context);
  }

  @Subscription(() => FeedbackNode, {
    subscribe: (data: SubscriptionData) => streamEvents(data, REVIEW_ACTION),
    description: 'Streams each feedback entry as a reviewer decides on it, in commit order, over WebSocket.',
  })
  feedbackReviewed(
    @Root() event: unknown,
    @Arg('filter', () => FeedbackFilterInput, { nullable: true, description: FILTER })
    _filter: FeedbackFilterInput | null | undefined,
    @Ctx() context: RequestContext,
  ): FeedbackNode {
    return toNode(event, context);
  }
}

function toNode(event: unknown, { loaders }: RequestContext): FeedbackNode {
  if (!(event instanceof FeedbackEvent)) {
    throw new ApiError('BAD_USER_INPUT', 'Subscriptions are only available over WebSocket (graphql-transport-ws)');
  }
  const { feedback } = event;
  loaders.feedback.prime(feedback.id, feedback);
  return toFeedbackNode(feedback);
}

/** The events of one action from now on, an iteration that can be ended while it waits. */
async function streamEvents(
  { args, context }: SubscriptionData,
  action: AuditAction,
): Promise<AsyncGenerator<FeedbackEvent, void>> {
  const { actor, services, changes } = context;
  const filter = args['filter'] as FeedbackFilterInput | null | undefined;
  const plan = planFilter(actor.org, toFilter(services, { filter }), services.keyedHash);
  const after = await changes.newest(actor.org);
  const ended = new AbortController();

  async function* follow(): AsyncGenerator<FeedbackEvent, void> {
    for await (const page of changes.follow(actor.org, { after, signal: ended.signal })) {
      const ids = page.filter((change: Change) => change.action === action).map(({ node }) => node);
      if (ids.length === 0) continue;
      // What was erased in the meantime is not there any more, and nobody is told of it.
      const selected = await changes.read(async (reader) => {
        const found = await findFeedback(reader, actor.org, ids);
        return filterSelected(
          reader,
          plan,
          found.filter((each) => each !== undefined),
        );
      }, ended.signal);
      for (const feedback of selected ?? []) yield new FeedbackEvent(feedback);
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
