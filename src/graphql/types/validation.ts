import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { JSONObject } from './json.js';

@ObjectType({ simpleResolvers: true, description: 'Activity of a validation plugin since the server started.' })
export class ValidationPluginReport {
  @Field(() => String, { description: 'Name of the plugin.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Version of the plugin, if it has one.' })
  version?: string;

  @Field(() => String, { nullable: true, description: 'What the plugin checks.' })
  description?: string;

  @Field(() => Boolean, { description: 'Whether submissions are acknowledged before the plugin has validated them.' })
  asynchronous!: boolean;

  @Field(() => Boolean, {
    description: 'Whether the plugin keeps failing. Until it recovers, the entries it should validate are flagged.',
  })
  failing!: boolean;

  @Field(() => Int, { description: 'Number of entries accepted unchanged.' })
  acceptedCount!: number;

  @Field(() => Int, { description: 'Number of entries flagged for review.' })
  flaggedCount!: number;

  @Field(() => Int, { description: 'Number of entries rejected.' })
  rejectedCount!: number;

  @Field(() => Int, { description: 'Number of entries whose text the plugin changed.' })
  modifiedCount!: number;

  @Field(() => Int, { description: 'Number of times the plugin threw, hung or returned an invalid result.' })
  failureCount!: number;

  @Field(() => Int, { description: 'Number of times the plugin exceeded its time limit.' })
  timeoutCount!: number;

  @Field(() => Float, { description: 'Average run time in milliseconds.' })
  averageMilliseconds!: number;

  @Field(() => Float, { description: 'Longest run time in milliseconds.' })
  longestMilliseconds!: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Time of the last failure.' })
  lastFailureAt?: number;

  @Field(() => String, { nullable: true, description: 'Reason for the last failure.' })
  lastFailureReason?: string;

  @Field(() => JSONObject, { description: 'Status data reported by the plugin itself.' })
  own!: Readonly<Record<string, unknown>>;
}
