/** Executes operations in pieces: what would be completed in one go waits for turns of its operation in between. */
import { type GraphQLFieldResolver, type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql';
import type { OperationTask } from './scheduler.js';

/** Entries of a list that are completed at a stretch. */
const PIECE = 4;

interface Scheduled {
  readonly task?: OperationTask;
}

type Resolver = GraphQLFieldResolver<unknown, Scheduled, Record<string, unknown>>;

/** Puts turns between the resolvers of a schema and the completion of what they resolve to. */
export function scheduleFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve !== undefined) field.resolve = inTurns(scheduled(field.resolve));
    }
  }
}

/** The same resolver, which waits for a turn of the operation before it begins. */
function inTurns(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const { task } = context;
    return task?.shouldYield() === true
      ? task.turn().then(() => resolve(source, args, context, info))
      : resolve(source, args, context, info);
  };
}

/** The same resolver, whose value is completed in turns of the operation where that has a task. */
export function scheduled(resolve: GraphQLFieldResolver<unknown, Scheduled>): Resolver {
  return (source, args, context, info) => completedInTurns(resolve(source, args, context, info), context.task);
}

/** What a field resolves to, completed in turns of the operation where that has a task. */
export function completedInTurns(value: unknown, task: OperationTask | undefined): unknown {
  if (task === undefined || typeof value !== 'object' || value === null) return value;
  if (value instanceof Promise) return value.then((settled: unknown) => task.pass(inPieces(settled, task)));
  return inPieces(value, task);
}

/** A long list whose items wait for turns of their operation, a piece each, from where operations have computed for long enough. */
function inPieces(value: unknown, task: OperationTask): unknown {
  return Array.isArray(value) && value.length > PIECE ? itemsInTurns(value, task) : value;
}

/** An executor completes each item before it takes the next. */
function* itemsInTurns(items: readonly unknown[], task: OperationTask): Generator<unknown, void> {
  let turn: Promise<void> | undefined;
  let at = 0;
  for (const item of items) {
    if (at > 0 && at % PIECE === 0) turn = turn === undefined ? task.giveWay() : task.turn();
    at += 1;
    yield turn === undefined ? item : turn.then(() => item);
  }
}
