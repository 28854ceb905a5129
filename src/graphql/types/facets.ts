import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { FacetKind } from '../../feedback/grouped-stats.js';
import { connectionType, ListEdge } from './connection.js';
import { FeedbackStatsNode } from './stats.js';

export const FacetFieldEnum = {
  TAG: 'tag',
  SOURCE: 'source',
  CONVERSATION_ID: 'conversation',
  MODEL_VERSION: 'model',
  SCORE: 'score',
} as const satisfies Record<string, FacetKind>;
registerEnumType(FacetFieldEnum, {
  name: 'FeedbackFacetField',
  description: 'A field of feedback entries whose values can be counted.',
  valuesConfig: {
    TAG: { description: 'Tags; an entry counts for each of its tags.' },
    SOURCE: { description: 'Who or what gave the judgement, in lower case.' },
    CONVERSATION_ID: { description: 'Conversations.' },
    MODEL_VERSION: { description: 'Model versions.' },
    SCORE: { description: 'The values of the score `scoreName`: booleans, then categories, then numbers by size.' },
  },
});

@ObjectType({ description: 'Counts of the feedback entries with one value of a field.' })
export class FeedbackFacet extends FeedbackStatsNode {
  @Field(() => String, { description: 'The value.' })
  value!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A value of a field in a list.' })
export class FeedbackFacetEdge extends ListEdge {
  @Field(() => FeedbackFacet, { description: 'The value with its counts.' })
  node!: FeedbackFacet;
}

export const FeedbackFacetConnection = connectionType(
  'FeedbackFacetConnection',
  () => FeedbackFacetEdge,
  'A page of the values of a field, ordered by value.',
);
