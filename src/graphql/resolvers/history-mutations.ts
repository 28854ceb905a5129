import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { ERASED_NAME } from '../../audit/actor-note.js';
import { InvalidInputError } from '../../errors.js';
import { eraseFeedback } from '../../feedback/erase.js';
import { erasePerson, nameOf, type Person } from '../../maintenance/people/erase-person.js';
import { checkField, idProblem } from '../../model/input.js';
import { omitNullish } from '../../omit-nullish.js';
import type { RequestContext } from '../context.js';

@ObjectType({ simpleResolvers: true, description: 'Result of erasing a feedback entry.' })
export class EraseFeedbackPayload {
  @Field(() => ID, { description: 'Id of the erased entry, which the REST API answers with 410 from now on.' })
  id!: string;

  @Field(() => GraphQLDateTime, { description: 'Time the entry was erased.' })
  erasedAt!: number;

  @Field(() => [ID], { description: 'Ids of the training batches that include an erased entry.' })
  trainingBatchIds!: readonly string[];

  @Field(() => [ID], { description: 'Ids of the adapters trained on those training batches.' })
  adapterIds!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: "Result of erasing a user's feedback entries." })
export class EraseFeedbackOfUserPayload {
  @Field(() => Int, { description: 'Number of erased entries.' })
  erasedCount!: number;

  @Field(() => [ID], { description: 'Ids of the training batches that include an erased entry.' })
  trainingBatchIds!: readonly string[];

  @Field(() => [ID], { description: 'Ids of the adapters trained on those training batches.' })
  adapterIds!: readonly string[];
}

/** The end of entries, as REST has it beside their versions. */
@Resolver()
export class HistoryMutations {
  @Mutation(() => EraseFeedbackPayload, {
    description:
      'Permanently erases the content and authorship of an entry from all its versions. A tombstone and the ' +
      'audit trail remain.',
  })
  async eraseFeedback(
    @Arg('id', () => ID, { description: 'Id of the feedback entry.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: 'Expected current version of the entry.' })
    expectedVersion: number | null | undefined,
    @Arg('reason', () => String, {
      nullable: true,
      description: 'Reason recorded in the audit trail; it must not repeat any of the erased data.',
    })
    reason: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<EraseFeedbackPayload> {
    checkField('reason', reason ?? undefined, idProblem);
    const { services, actor } = context;
    const done = await eraseFeedback(services, actor, id, omitNullish({ expectedVersion, reason }));
    return {
      id,
      erasedAt: done.erased.erasedAt,
      trainingBatchIds: done.trainingBatches,
      adapterIds: done.adapters,
    };
  }

  @Mutation(() => EraseFeedbackOfUserPayload, {
    description:
      'Permanently erases all current entries of a user, and their name wherever it records who acted. Takes either ' +
      '`userId` or `sub`.',
  })
  async eraseFeedbackOfUser(
    @Arg('userId', () => String, { nullable: true, description: 'The user, as identified by the client.' })
    userId: string | null | undefined,
    @Arg('sub', () => String, { nullable: true, description: 'The user, as identified by the `sub` of tokens.' })
    sub: string | null | undefined,
    @Arg('reason', () => String, {
      nullable: true,
      description: 'Reason recorded in the audit trail; it must not repeat any of the erased data.',
    })
    reason: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<EraseFeedbackOfUserPayload> {
    checkField('reason', reason ?? undefined, idProblem);
    const person = toPerson(userId ?? undefined, sub ?? undefined);
    const { services, actor } = context;
    // What was counted of the person is to be recorded before their name goes from what is recorded.
    await services.accessTrail?.flush(actor.org);
    const done = await erasePerson(services, actor, person, reason ?? undefined);
    const details = { user: services.keyedHash(actor.org, nameOf(person)), entries: done.erasedCount };
    // Who erases themself is to be named no more, by this event neither.
    const by = actor.sub === nameOf(person) ? { ...actor, sub: ERASED_NAME } : actor;
    await services.accessTrail?.record(by, 'person.erase', details, reason ?? undefined);
    return { erasedCount: done.erasedCount, trainingBatchIds: done.trainingBatches, adapterIds: done.adapters };
  }
}

/** @throws {InvalidInputError} unless it is exactly one of the two, and an id. */
function toPerson(userId: string | undefined, sub: string | undefined): Person {
  checkField('userId', userId, idProblem);
  checkField('sub', sub, idProblem);
  if (userId !== undefined && sub === undefined) return { userId };
  if (sub !== undefined && userId === undefined) return { sub };
  throw new InvalidInputError([{ field: 'userId', problem: "must be given, or 'sub' instead, but not both" }]);
}
