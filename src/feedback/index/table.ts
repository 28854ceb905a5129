/**
 * The table of secondary indexes: which feedback entries each holds, how keys name it, and which filters it serves. Every
 * index has a counter of each facet; all but a few have an index entry of each feedback entry too. To add an index, add a
 * row here; everything else reads this table. A field with a `filter` in the table of fields needs an index that serves it.
 */
import { hash as digest } from 'node:crypto';
import { ERASED_NAME } from '../../audit/actor-note.js';
import type { FacetFilter } from '../../model/facets.js';
import type { FieldsWith } from '../../model/feedback-fields.js';
import type { Feedback } from '../../model/feedback.js';
import { feedbackIdTime } from '../../model/ids.js';
import { adapterOutcomes } from '../../model/preference.js';
import type { Submission } from '../../model/submission.js';
import { padNumber } from '../../store/keys.js';
import { indexedScore, type ScoreFilter } from './scores.js';

/** What a list of feedback is narrowed to; every field combines with every other. */
export interface FeedbackFilter extends FacetFilter, Partial<Pick<Submission, FieldsWith<'filter'>>> {
  /** Linked to each of these adapters by a `FEEDBACK_FOR` edge, whatever the entry's own `adapterId`. */
  readonly adapterIds?: readonly string[];
  /** Submitted for this version of this adapter. */
  readonly adapterVersion?: { readonly adapter: string; readonly version: string };
  /** With this tag. */
  readonly tag?: string;
  /** With each of these scores. */
  readonly scores?: readonly ScoreFilter[];
  /** Submitted by this user, as tokens name them, in their own name. */
  readonly ownedBy?: string;
  /** What the texts must have; see search/query.ts. */
  readonly search?: string;
  /** Epoch ms, included. */
  readonly since?: number;
  /** Epoch ms, excluded. */
  readonly until?: number;
}

interface ValueTypes {
  text: string;
  /** Epoch ms; the order of keys is the order of time. */
  time: number;
}

/** The values that tell the indexes of one kind apart, by name, in the order of keys. */
type ValueNames = Readonly<Record<string, keyof ValueTypes>>;

type ValuesOf<Names extends ValueNames> = { readonly [Name in keyof Names]: ValueTypes[Names[Name]] };

/** What decides which indexes an entry is in, beside its own fields. */
export interface IndexContext {
  /** The adapters that the entry is linked to. */
  readonly adapters: readonly string[];
  /** The keyed hash that stands for a text in the keys of the organization. */
  readonly hash: (text: string) => string;
}

/** A row of the table: indexes of one kind. */
export interface IndexDefinition<Names extends ValueNames = ValueNames> {
  /** How keys name the kind. Part of the stored format: never change one, never use one again. */
  readonly code: string;
  readonly values: Names;
  /** What its entries are: keys of their own, the incoming sides of `FEEDBACK_FOR` edges, or nothing beside counters. */
  readonly entries: 'index' | 'edge' | 'none';
  /** What decides whether an entry is in it: while these stay as they are, so does the answer of `holds`. */
  readonly dependsOn: readonly ('links' | keyof Feedback)[];
  /** Whether `holds` needs the keyed hash, and so the store's secret. */
  readonly isHashed?: true;
  /** The indexes of the kind that an entry is in, by their values. */
  readonly holds: (feedback: Feedback, context: IndexContext) => readonly ValuesOf<Names>[];
  /**
   * The indexes of the kind that are to be read for a filter. The intersection of those that all rows name is what the
   * filter selects, as far as its fields are not facets or times.
   */
  readonly serves?: (filter: FeedbackFilter, hash: IndexContext['hash']) => readonly ValuesOf<Names>[];
  /** In words, with values in braces; users are named by their hash alone. */
  readonly description: string;
}

/** Checks a row, and keeps the names of its values. */
function row<Names extends ValueNames>(definition: IndexDefinition<Names>): IndexDefinition<Names> {
  return definition;
}

const NOWHERE: readonly never[] = [];
const HERE = [{}] as const;

/** An index for each value of a field. */
function one(value: string | undefined): readonly { readonly value: string }[] {
  return value === undefined ? NOWHERE : [{ value }];
}

export const INDEXES = {
  all: row({
    code: 'all',
    values: {},
    entries: 'index',
    dependsOn: [],
    holds: () => HERE,
    description: 'all feedback',
  }),
  adapter: row({
    code: 'a',
    values: { adapter: 'text' },
    entries: 'edge',
    dependsOn: ['links'],
    holds: (_feedback, { adapters }) => adapters.map((adapter) => ({ adapter })),
    serves: ({ modelVersion, adapterIds = [], adapterVersion }) =>
      modelVersion !== undefined
        ? NOWHERE
        : [...new Set(adapterIds)]
            // What was submitted for an adapter's version is linked to the adapter.
            .filter((adapter) => adapter !== adapterVersion?.adapter)
            .map((adapter) => ({ adapter })),
    description: 'the adapter {adapter}',
  }),
  modelAdapter: row({
    code: 'ma',
    values: { model: 'text', adapter: 'text' },
    entries: 'index',
    dependsOn: ['links', 'modelVersion'],
    holds: ({ modelVersion: model }, { adapters }) =>
      model === undefined ? NOWHERE : adapters.map((adapter) => ({ model, adapter })),
    serves: ({ modelVersion: model, adapterIds = [] }) =>
      model === undefined ? NOWHERE : [...new Set(adapterIds)].map((adapter) => ({ model, adapter })),
    description: 'the model version {model} and the adapter {adapter}',
  }),
  /** What submissions named an adapter's version for. */
  adapterVersion: row({
    code: 'av',
    values: { adapter: 'text', version: 'text' },
    entries: 'index',
    dependsOn: ['adapterId', 'adapterVersion'],
    holds: ({ adapterId: adapter, adapterVersion: version }) =>
      adapter === undefined || version === undefined ? NOWHERE : [{ adapter, version }],
    serves: ({ adapterVersion }) => (adapterVersion === undefined ? NOWHERE : [adapterVersion]),
    description: 'the version {version} of the adapter {adapter}',
  }),
  /** How preferences between an adapter and others ended. */
  outcome: row({
    code: 'w',
    values: { adapter: 'text', outcome: 'text' },
    entries: 'index',
    dependsOn: ['candidates', 'preferred'],
    holds: adapterOutcomes,
    description: 'what the adapter {adapter} has {outcome}',
  }),
  model: row({
    code: 'm',
    values: { model: 'text' },
    entries: 'index',
    dependsOn: ['modelVersion'],
    holds: ({ modelVersion: model }) => (model === undefined ? NOWHERE : [{ model }]),
    serves: ({ modelVersion: model, adapterIds = [] }) =>
      model === undefined || adapterIds.length > 0 ? NOWHERE : [{ model }],
    description: 'the model version {model}',
  }),
  user: row({
    code: 'u',
    values: { value: 'text' },
    entries: 'index',
    dependsOn: ['userId'],
    isHashed: true,
    holds: ({ userId }, { hash }) => (userId === undefined ? NOWHERE : one(hash(userId))),
    serves: ({ userId }, hash) => (userId === undefined ? NOWHERE : one(hash(userId))),
    description: 'the user with the hash {value}',
  }),
  /** What users submitted in their own name: what others say of them is not in it. */
  own: row({
    code: 'o',
    values: { value: 'text' },
    entries: 'index',
    dependsOn: ['userId', 'submittedBy'],
    isHashed: true,
    // A client may name its user like those who were erased.
    holds: ({ userId, submittedBy }, { hash }) =>
      userId === undefined || userId !== submittedBy || userId === ERASED_NAME ? NOWHERE : one(hash(userId)),
    serves: ({ ownedBy }, hash) => (ownedBy === undefined ? NOWHERE : one(hash(ownedBy))),
    description: 'the own entries of the user with the hash {value}',
  }),
  interaction: row({
    code: 'i',
    values: { value: 'text' },
    entries: 'index',
    dependsOn: ['interactionId'],
    holds: ({ interactionId }) => one(interactionId),
    serves: ({ interactionId }) => one(interactionId),
    description: 'the interaction {value}',
  }),
  conversation: row({
    code: 'cv',
    values: { value: 'text' },
    entries: 'index',
    dependsOn: ['conversationId'],
    holds: ({ conversationId }) => one(conversationId),
    serves: ({ conversationId }) => one(conversationId),
    description: 'the conversation {value}',
  }),
  source: row({
    code: 'so',
    values: { value: 'text' },
    entries: 'index',
    dependsOn: ['source'],
    holds: ({ source }) => one(source),
    serves: ({ source }) => one(source),
    description: 'the source {value}',
  }),
  tag: row({
    code: 't',
    values: { value: 'text' },
    entries: 'index',
    dependsOn: ['tags'],
    holds: ({ tags = NOWHERE }) => tags.map((value) => ({ value })),
    serves: ({ tag }) => one(tag),
    description: 'the tag {value}',
  }),
  /** Which values of it a filter selects is told from the counters (score-values.ts). */
  score: row({
    code: 'sc',
    values: { name: 'text', value: 'text' },
    entries: 'index',
    dependsOn: ['scores'],
    holds: ({ scores = {} }) => Object.entries(scores).map(([name, score]) => ({ name, value: indexedScore(score) })),
    description: 'the score {name} of {value}',
  }),
  /** What a validation plugin takes for the same; a keyed hash. */
  fingerprint: row({
    code: 'f',
    values: { value: 'text' },
    entries: 'index',
    dependsOn: ['fingerprint'],
    holds: ({ fingerprint }) => one(fingerprint),
    description: 'what says the same',
  }),
  /** The entries linked to exactly the adapters of a set; see adapter-sets.ts. */
  adapterSet: row({
    code: 's',
    values: { set: 'text' },
    entries: 'index',
    dependsOn: ['links'],
    holds: (_feedback, { adapters }) => {
      const set = adapterSetName(adapters);
      return set === undefined ? NOWHERE : [{ set }];
    },
    description: 'the set of adapters that it is linked to',
  }),
  /** What was submitted on a day (UTC, `YYYYMMDD`); the id says the day, so there is nothing to look up. */
  day: row({
    code: 'd',
    values: { day: 'text' },
    entries: 'none',
    dependsOn: [],
    holds: ({ id }) => [{ day: formatDay(feedbackIdTime(id)) }],
    description: 'the day {day}',
  }),
  /** What was submitted on a day and is linked to an adapter; see adapter-days.ts. */
  adapterDay: row({
    code: 'ad',
    values: { adapter: 'text', day: 'text' },
    entries: 'none',
    dependsOn: ['links'],
    holds: ({ id }, { adapters }) => {
      const day = adapters.length === 0 ? '' : formatDay(feedbackIdTime(id));
      return adapters.map((adapter) => ({ adapter, day }));
    },
    description: 'the adapter {adapter} on the day {day}',
  }),
  /** Pending, to be validated from a moment on. */
  due: row({
    code: 'du',
    values: { due: 'time' },
    entries: 'index',
    dependsOn: ['validationStatus', 'judging'],
    holds: ({ validationStatus, judging }) => (validationStatus === 'pending' ? [{ due: judging?.due ?? 0 }] : NOWHERE),
    description: 'what is to be validated',
  }),
  /** Flagged, and claimed by no reviewer. */
  review: row({
    code: 'rv',
    values: {},
    entries: 'index',
    dependsOn: ['validationStatus', 'reviewClaim'],
    holds: ({ validationStatus, reviewClaim }) =>
      validationStatus === 'flagged' && reviewClaim === undefined ? HERE : NOWHERE,
    description: 'what waits for a review',
  }),
  /** Flagged, and claimed by a reviewer until a moment. */
  reviewLease: row({
    code: 'rl',
    values: { until: 'time' },
    entries: 'index',
    dependsOn: ['validationStatus', 'reviewClaim'],
    holds: ({ validationStatus, reviewClaim }) =>
      validationStatus === 'flagged' && reviewClaim !== undefined ? [{ until: reviewClaim.until }] : NOWHERE,
    description: 'what reviewers have claimed',
  }),
  /** Flagged, and claimed by a reviewer. Claims of a server before 0.3.0 are in no such index: see `reviewClaim`. */
  reviewer: row({
    code: 'rr',
    values: { value: 'text' },
    entries: 'index',
    dependsOn: ['validationStatus', 'reviewClaim'],
    isHashed: true,
    holds: ({ validationStatus, reviewClaim }, { hash }) =>
      validationStatus === 'flagged' && reviewClaim?.since !== undefined ? one(hash(reviewClaim.reviewer)) : NOWHERE,
    description: 'what the reviewer with the hash {value} has claimed',
  }),
  /** Decided by a reviewer on a day, as far as the decision stands; see review-days.ts. */
  reviewDay: row({
    code: 'rd',
    values: { reviewer: 'text', day: 'text' },
    entries: 'index',
    dependsOn: ['review'],
    isHashed: true,
    holds: ({ review }, { hash }) =>
      review?.counted !== true || review.reviewer === ERASED_NAME
        ? NOWHERE
        : [{ reviewer: hash(review.reviewer), day: formatDay(review.at) }],
    description: 'what the reviewer with the hash {reviewer} has decided on the day {day}',
  }),
};

export type IndexKind = keyof typeof INDEXES;

/** One index: its kind, and the values that tell it from others of its kind. */
export type SecondaryIndex = {
  [Kind in IndexKind]: { readonly kind: Kind } & ValuesOf<(typeof INDEXES)[Kind]['values']>;
}[IndexKind];

/** The day (UTC) of a moment (epoch ms), as the index of days names it. */
export function formatDay(time: number): string {
  const date = new Date(time);
  return `${padNumber(date.getUTCFullYear(), 4)}${padNumber(date.getUTCMonth() + 1, 2)}${padNumber(date.getUTCDate(), 2)}`;
}

/** Names a set of adapters in keys: 128 bits of a SHA-256, in hexadecimal. `undefined` for fewer than two. */
export function adapterSetName(adapters: readonly string[]): string | undefined {
  return adapters.length < 2 ? undefined : digest('sha256', JSON.stringify([...adapters].sort())).slice(0, 32);
}
