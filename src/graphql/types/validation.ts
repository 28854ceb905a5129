import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { JSONObject } from './json.js';

@ObjectType({ simpleResolvers: true, description: 'What a validation plugin has done since the server started.' })
export class ValidationPluginReport {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Its version, if it has one.' })
  version?: string;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string;

  @Field(() => Boolean, { description: 'Whether entries are answered before it has judged them.' })
  asynchronous!: boolean;

  @Field(() => Boolean, { description: 'Whether it keeps failing; what it should judge is flagged meanwhile.' })
  failing!: boolean;

  @Field(() => Int, { description: 'Entries that it accepted as they are.' })
  acceptedCount!: number;

  @Field(() => Int, { description: 'Entries that it flagged for review.' })
  flaggedCount!: number;

  @Field(() => Int, { description: 'Entries that it rejected.' })
  rejectedCount!: number;

  @Field(() => Int, { description: 'Entries whose texts it changed.' })
  modifiedCount!: number;

  @Field(() => Int, { description: 'How often it threw, hung or answered nonsense.' })
  failureCount!: number;

  @Field(() => Int, { description: 'How often it had no answer within its time.' })
  timeoutCount!: number;

  @Field(() => Float, { description: 'How long it takes on average, milliseconds.' })
  averageMilliseconds!: number;

  @Field(() => Float, { description: 'The longest that it took, milliseconds.' })
  longestMilliseconds!: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it failed last.' })
  lastFailureAt?: number;

  @Field(() => String, { nullable: true, description: 'How it failed last.' })
  lastFailureReason?: string;

  @Field(() => JSONObject, { description: 'What it tells of itself.' })
  own!: Readonly<Record<string, unknown>>;
}
