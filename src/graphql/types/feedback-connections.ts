import { GraphQLDateTime } from 'graphql-scalars';
import { Ctx, Field, ObjectType } from 'type-graphql';
import type { FeedbackLink } from '../../feedback/links.js';
import { MAX_COUNTED } from '../../feedback/search/searched-ids.js';
import type { JsonObject } from '../../model/json-object.js';
import { adapterOutcomes, type PreferenceOutcome } from '../../model/preference.js';
import type { RequestContext } from '../context.js';
import { connectionType } from './connection.js';
import { FeedbackNode } from './feedback.js';
import { JSONObject } from './json.js';
import { PreferenceOutcomeEnum } from './preference-stats.js';

@ObjectType({ simpleResolvers: true, description: 'An item in a list.' })
abstract class LazyCursor {
  cursorOf!: () => string;

  /** Computed on demand: most clients need only the last cursor of a page. */
  @Field(() => String, { description: 'Cursor of this item, for use as `after`.' })
  get cursor(): string {
    return this.cursorOf();
  }
}

@ObjectType({ simpleResolvers: true, description: 'A feedback entry in a list.' })
export class FeedbackEdge extends LazyCursor {
  @Field(() => FeedbackNode, { description: 'The feedback entry.' })
  node!: FeedbackNode;
}

const TOTAL = {
  count:
    `Total number of items in the list; computed only when requested. With \`search\`, at most ${MAX_COUNTED} are ` +
    'counted, and fewer if a phrase has to be looked for in too many entries: see `totalCountIsExact`.',
  isExact:
    'Whether the list has exactly `totalCount` items. If false, which only happens with `search`, it has at least as ' +
    'many.',
};

export const FeedbackConnection = connectionType(
  'FeedbackConnection',
  () => FeedbackEdge,
  'A page of feedback entries.',
  TOTAL,
);

/** The properties of a `FEEDBACK_FOR` edge, read on demand. */
@ObjectType({ simpleResolvers: true, description: 'Properties of a `FEEDBACK_FOR` edge.' })
export abstract class FeedbackForEdge extends LazyCursor {
  feedbackId!: string;
  adapterId!: string;

  @Field(() => JSONObject, { nullable: true, description: 'Metadata supplied when the link was created explicitly.' })
  async metadata(@Ctx() context: RequestContext): Promise<JsonObject | null> {
    return (await this.link(context))?.metadata ?? null;
  }

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Time the link was created.' })
  async createdAt(@Ctx() context: RequestContext): Promise<number | null> {
    return (await this.link(context))?.createdAt ?? null;
  }

  @Field(() => String, { nullable: true, description: 'The adapter version named in the submission.' })
  async adapterVersion(@Ctx() context: RequestContext): Promise<string | null> {
    return (await this.link(context))?.adapterVersion ?? null;
  }

  @Field(() => PreferenceOutcomeEnum, {
    nullable: true,
    description: "Of a preference: what became of the adapter's answers. Null if it was compared with no other.",
  })
  async outcome(@Ctx() { loaders }: RequestContext): Promise<PreferenceOutcome | null> {
    const feedback = await loaders.feedback.load(this.feedbackId);
    const outcomes = feedback === undefined ? [] : adapterOutcomes(feedback);
    return outcomes.find(({ adapter }) => adapter === this.adapterId)?.outcome ?? null;
  }

  private link({ loaders }: RequestContext): Promise<FeedbackLink | undefined> {
    return loaders.links.load({ from: this.feedbackId, to: this.adapterId });
  }
}

@ObjectType({
  simpleResolvers: true,
  description: 'A feedback entry linked to an adapter, with the properties of its `FEEDBACK_FOR` edge.',
})
export class AdapterFeedbackEdge extends FeedbackForEdge {
  @Field(() => FeedbackNode, { description: 'The feedback entry.' })
  node!: FeedbackNode;
}

export const AdapterFeedbackConnection = connectionType(
  'AdapterFeedbackConnection',
  () => AdapterFeedbackEdge,
  'A page of the feedback entries linked to an adapter.',
  TOTAL,
);
