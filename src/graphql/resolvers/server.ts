import { Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { MAX_BATCH_ROWS } from '../../training/claim.js';
import { packageVersion } from '../../version.js';
import type { RequestContext } from '../context.js';
import type { ServerLimits } from '../server-limits.js';

@ObjectType('ServerLimits', {
  simpleResolvers: true,
  description: 'Limits in force; docs/settings.md says how to set them.',
})
export class ServerLimitsNode implements ServerLimits {
  @Field(() => Int, { description: 'Requests of one user per minute; 0 if there is no limit.' })
  userRequestsPerMinute!: number;

  @Field(() => Int, { description: 'Requests of one organization per hour; 0 if there is no limit.' })
  organizationRequestsPerHour!: number;

  @Field(() => Int, { description: 'Calls of each expensive field by one user per minute; 0 if there is no limit.' })
  expensiveCallsPerMinute!: number;

  @Field(() => Float, { description: 'Bytes of a request.' })
  requestBytes!: number;

  @Field(() => Float, { description: 'Bytes of a response.' })
  responseBytes!: number;

  @Field(() => Int, { description: 'Characters of one text of an entry.' })
  textCharacters!: number;

  @Field(() => Float, { description: 'Bytes of an entry as JSON.' })
  entryBytes!: number;

  @Field(() => Int, { description: 'Levels of fields of one operation.' })
  operationDepth!: number;

  @Field(() => Int, { description: 'Cost of one operation.' })
  operationCost!: number;

  @Field(() => Int, { description: 'WebSockets and change streams of one user at a time.' })
  connectionsPerUser!: number;

  @Field(() => Int, { description: 'Subscriptions of one user at a time.' })
  subscriptionsPerUser!: number;

  @Field(() => Int, { description: 'Entries of one training batch.' })
  trainingBatchEntries!: number;
}

@ObjectType({ simpleResolvers: true, description: 'The server that answers.' })
export class Server {
  @Field(() => String, { description: 'Its version.' })
  version!: string;

  @Field(() => ServerLimitsNode, { nullable: true, description: 'Limits in force.' })
  limits?: ServerLimitsNode;
}

@Resolver()
export class ServerResolver {
  @Query(() => Server, { description: 'The version of the server, and the limits in force.' })
  server(@Ctx() { services }: RequestContext): Server {
    const { limits } = services;
    return {
      version: packageVersion(),
      ...(limits !== undefined && { limits: { ...limits, trainingBatchEntries: MAX_BATCH_ROWS } }),
    };
  }
}
