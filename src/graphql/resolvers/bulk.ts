import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';
import { cancelBulkOperation, checkChange, startBulkOperation, undoBulkOperation } from '../../feedback/bulk/begin.js';
import {
  type BulkAction,
  type BulkChange,
  type BulkOperation,
  bulkEntryPage,
  bulkOperationPage,
  countBulkOperations,
  expiresAt,
  findReadable,
  getBulkOperation,
  type SkippedCounts,
} from '../../feedback/bulk/operation.js';
import { type BulkSelection, previewBulkOperation } from '../../feedback/bulk/select.js';
import { planFilter } from '../../feedback/index/filter.js';
import { REFUSAL_REASONS } from '../../feedback/refusal.js';
import { omitNullish } from '../../omit-nullish.js';
import type { Permission } from '../../permissions.js';
import { hasPermission, type Principal, readsOwnOnly, requirePermission } from '../../principal.js';
import type { RequestContext } from '../context.js';
import { createCursors } from '../cursors.js';
import { toFilter } from '../feedback-lists.js';
import {
  BulkChangeInput,
  BulkEntryConnection,
  BulkOperationConnection,
  BulkOperationNode,
  BulkPreviewNode,
  BulkSelectionInput,
  type BulkSkip,
} from '../types/bulk.js';
import { checkPageSize, PageArguments } from '../types/connection.js';

const SELECTION = 'The entries.';
const CHANGE = 'What to do to each entry.';
const OPERATION_ID = 'Id of the bulk operation.';
const READERS = 'Its author and tokens with the permission `org:admin` can read it.';

@Resolver(() => BulkOperationNode)
export class BulkResolver {
  @Query(() => BulkPreviewNode, {
    description:
      'What a bulk operation would do now: how many entries it would change, and how many it would skip and why.',
  })
  async previewBulkOperation(
    @Arg('selection', () => BulkSelectionInput, { description: SELECTION }) selection: BulkSelectionInput,
    @Arg('change', () => BulkChangeInput, { description: CHANGE }) input: BulkChangeInput,
    @Ctx() context: RequestContext,
  ): Promise<BulkPreviewNode> {
    const { services, actor, principal } = context;
    context.markUncacheable?.();
    const change = toChange(input, principal);
    const selected = toSelection(context, selection);
    await services.store.read((reader) => checkChange(reader, actor.org, change));
    const { skipped, ...preview } = await previewBulkOperation(services, actor, selected, change);
    return { ...preview, skipped: toSkips(skipped) };
  }

  @Mutation(() => BulkOperationNode, {
    description:
      'Starts a bulk operation and returns it at once; the server carries it out in the background, also after a restart. ' +
      'Query `bulkOperation` for its progress. At most 10 operations of an organization are under way at a time.',
  })
  async startBulkOperation(
    @Arg('selection', () => BulkSelectionInput, { description: SELECTION }) selection: BulkSelectionInput,
    @Arg('change', () => BulkChangeInput, { description: CHANGE }) input: BulkChangeInput,
    @Arg('expectedCount', () => Int, {
      nullable: true,
      description:
        'Number of entries that the selection had in the preview. If it has another number by now, nothing is changed ' +
        '(`CONFLICT`).',
    })
    expectedCount: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<BulkOperationNode> {
    const { services, actor, principal } = context;
    const request = {
      selection: toSelection(context, selection),
      change: toChange(input, principal),
      ...omitNullish({ expectedCount }),
    };
    requirePermission(principal, permissionFor(input.action));
    // Which entries there are is told by what becomes of them.
    if (readsOwnOnly(principal)) requirePermission(principal, 'feedback:read');
    const once = await context.idempotencyOfMuch('startBulkOperation', { selection, change: input, expectedCount });
    const id = await startBulkOperation(services, actor, request, once);
    return toNode(await services.store.read((reader) => getBulkOperation(reader, actor, id, false)));
  }

  @Mutation(() => BulkOperationNode, {
    description:
      'Cancels a bulk operation: entries that it has changed stay changed until it is undone. Canceling one that has ended ' +
      `returns it as it is. ${READERS}`,
  })
  async cancelBulkOperation(
    @Arg('id', () => ID, { description: OPERATION_ID }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<BulkOperationNode> {
    const { services, actor } = context;
    const readsOthers = await expectMay(context, id);
    await cancelBulkOperation(services, actor, id, readsOthers, context.idempotency('cancelBulkOperation', { id }));
    return readNode(context, id);
  }

  @Mutation(() => BulkOperationNode, {
    description:
      'Undoes a bulk operation in the background: each entry that nobody has changed since gets back what it had, as a new ' +
      'version. An operation that is still running ends first. Undoing one again returns it as it is.',
  })
  async undoBulkOperation(
    @Arg('id', () => ID, { description: OPERATION_ID }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<BulkOperationNode> {
    const { services, actor } = context;
    const readsOthers = await expectMay(context, id);
    await undoBulkOperation(services, actor, id, readsOthers, context.idempotency('undoBulkOperation', { id }));
    return readNode(context, id);
  }

  @Query(() => BulkOperationNode, {
    nullable: true,
    description: `A bulk operation by its id, kept for 30 days. ${READERS} Null if there is none.`,
  })
  async bulkOperation(
    @Arg('id', () => ID, { description: OPERATION_ID }) id: string,
    @Ctx() { loaders, actor, principal }: RequestContext,
  ): Promise<BulkOperationNode | null> {
    const found = await loaders.batchedRead((reader) => findReadable(reader, actor, id, isAdmin(principal)));
    return found === undefined ? null : toNode(found);
  }

  @Query(() => BulkOperationConnection, {
    description: "The user's bulk operations, newest first; all of the organization with the permission `org:admin`.",
  })
  bulkOperations(
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { loaders, actor, principal }: RequestContext,
  ): InstanceType<typeof BulkOperationConnection> {
    const { org } = actor;
    const author = isAdmin(principal) ? undefined : actor.sub;
    const cursors = createCursors([org, 'bulkOperations', author ?? null]);
    const before = after === undefined || after === null ? undefined : cursors.decode(after);
    const limit = checkPageSize(first);
    return new BulkOperationConnection({
      continued: before !== undefined,
      page: async () => {
        const request = { limit, ...omitNullish({ before }) };
        const name = ['bulkOperations', author ?? null, limit, before ?? null];
        const { operations, hasNext } = await loaders.longRead(name, (read) =>
          read((reader) => bulkOperationPage(reader, org, author, request)),
        );
        return {
          edges: operations.map((operation) => ({ cursor: cursors.encode(operation.id), node: toNode(operation) })),
          hasNext,
        };
      },
      total: () =>
        loaders.longRead(['countBulkOperations', author ?? null], (read) =>
          read((reader) => countBulkOperations(reader, org, author)),
        ),
    });
  }

  @FieldResolver(() => BulkEntryConnection, {
    description: 'The entries that the operation has looked at so far, in the order of their ids.',
  })
  entries(
    @Root() operation: BulkOperationNode,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): InstanceType<typeof BulkEntryConnection> {
    const { id, done } = operation;
    const cursors = createCursors([org, 'bulkEntries', id]);
    const from = after === undefined || after === null ? undefined : Number(cursors.decode(after));
    const limit = checkPageSize(first);
    return new BulkEntryConnection({
      continued: from !== undefined,
      page: async () => {
        const place = from ?? 0;
        const entries = await loaders.batchedRead((reader) => bulkEntryPage(reader, org, id, place, limit));
        return {
          edges: entries.map((node, nth) => ({ cursor: cursors.encode(String(place + nth + 1)), node })),
          hasNext: place + entries.length < done && entries.length > 0,
        };
      },
      total: () => Promise.resolve(done),
    });
  }
}

function isAdmin(principal: Principal): boolean {
  return hasPermission(principal, 'org:admin');
}

function permissionFor(action: BulkAction): Permission {
  return action === 'link' || action === 'unlink' ? 'feedback:link' : 'feedback:review';
}

/**
 * Who may do it may undo it.
 * @returns whether the user reads the operations of others
 * @throws {ApiError} NOT_FOUND, FORBIDDEN
 */
async function expectMay({ services, actor, principal }: RequestContext, id: string): Promise<boolean> {
  const readsOthers = isAdmin(principal);
  const { change } = await services.store.read((reader) => getBulkOperation(reader, actor, id, readsOthers));
  requirePermission(principal, permissionFor(change.action));
  return readsOthers;
}

async function readNode({ services, actor, principal }: RequestContext, id: string): Promise<BulkOperationNode> {
  return toNode(await services.store.read((reader) => getBulkOperation(reader, actor, id, isAdmin(principal))));
}

/** @throws {InvalidInputError} unless it is exactly one of the two */
function toSelection({ services, actor }: RequestContext, { ids, filter }: BulkSelectionInput): BulkSelection {
  const hasIds = ids !== undefined && ids !== null;
  const hasFilter = filter !== undefined && filter !== null;
  if (hasIds === hasFilter) {
    throw new InvalidInputError([{ field: 'ids', problem: "must be given, or 'filter' instead, but not both" }]);
  }
  if (hasIds) return { ids };
  return { plan: planFilter(actor.org, toFilter(services, { filter }), services.keyedHash) };
}

/** @throws {InvalidInputError} for a field that the action does not have, and for one that it lacks */
function toChange(
  { action, reason, addTags, removeTags, adapterId }: BulkChangeInput,
  principal: Principal,
): BulkChange {
  const given = omitNullish({ reason, addTags, removeTags, adapterId });
  for (const field of Object.keys(given)) {
    if (!FIELDS_OF_ACTIONS[action].includes(field)) {
      throw new InvalidInputError([
        { field: `change.${field}`, problem: `is not allowed with the action '${action}'` },
      ]);
    }
  }
  switch (action) {
    case 'approve':
    case 'reject':
      return { action, ...omitNullish({ reason }) };
    case 'reopen':
      return { action };
    case 'tag':
      return { action, add: addTags ?? [], remove: removeTags ?? [] };
    case 'link':
    case 'unlink': {
      if (adapterId === undefined || adapterId === null) {
        throw new InvalidInputError([{ field: 'change.adapterId', problem: 'id of the adapter', missing: true }]);
      }
      const writes = hasPermission(principal, 'adapters:write');
      return action === 'link'
        ? { action, adapterId, createsAdapters: writes || hasPermission(principal, 'adapters:create') }
        : { action, adapterId, unlinksOthers: writes };
    }
  }
}

const FIELDS_OF_ACTIONS: Readonly<Record<BulkAction, readonly string[]>> = {
  approve: ['reason'],
  reject: ['reason'],
  reopen: [],
  tag: ['addTags', 'removeTags'],
  link: ['adapterId'],
  unlink: ['adapterId'],
};

function toNode(operation: BulkOperation): BulkOperationNode {
  const { change, undo, skipped, ...rest } = operation;
  return Object.assign(new BulkOperationNode(), {
    ...rest,
    action: change.action,
    ...('reason' in change ? omitNullish({ reason: change.reason }) : {}),
    ...('add' in change ? { addTags: change.add, removeTags: change.remove } : {}),
    ...('adapterId' in change ? { adapterId: change.adapterId } : {}),
    skipped: toSkips(skipped),
    ...(undo === undefined ? {} : { undo: { ...undo, total: operation.done, skipped: toSkips(undo.skipped) } }),
    expiresAt: expiresAt(operation),
  });
}

/** In a fixed order. */
function toSkips(counts: SkippedCounts): readonly BulkSkip[] {
  return REFUSAL_REASONS.flatMap((reason) => {
    const count = counts[reason] ?? 0;
    return count === 0 ? [] : [{ reason, count }];
  });
}
