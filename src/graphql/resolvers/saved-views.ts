import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { ApiError } from '../../errors.js';
import { planFilter } from '../../feedback/index/filter.js';
import {
  countSavedViews,
  createSavedView,
  deleteSavedView,
  findSavedView,
  readSavedView,
  type SavedView,
  savedViewPage,
  updateSavedView,
  type ViewChange,
  type ViewFilter,
  type ViewRequest,
  type ViewScope,
} from '../../feedback/saved-views.js';
import { FILTER_FIELDS } from '../../model/feedback-fields.js';
import { collectFields } from '../../model/submission.js';
import { omitNullish } from '../../omit-nullish.js';
import { hasPermission } from '../../principal.js';
import type { RequestContext } from '../context.js';
import { createCursors } from '../cursors.js';
import { toFilter, toScoreFilters } from '../feedback-lists.js';
import { checkPageSize, PageArguments } from '../types/connection.js';
import type { FeedbackFilterInput } from '../types/feedback-content.js';
import {
  SavedViewChangeInput,
  SavedViewConnection,
  SavedViewInput,
  SavedViewNode,
  ViewScopeEnum,
} from '../types/saved-views.js';

const ID_DESCRIPTION = 'Id of the saved view.';
const REVISION_DESCRIPTION = 'Expected current revision of the view.';

@Resolver()
export class SavedViewResolver {
  @Query(() => SavedViewConnection, { description: 'Saved views of the list of feedback entries, oldest first.' })
  savedViews(
    @Arg('scope', () => ViewScopeEnum, { defaultValue: ViewScopeEnum.OWN, description: 'Which views to list.' })
    scope: ViewScope,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { actor, loaders, services: { keyedHash } }: RequestContext,
  ): InstanceType<typeof SavedViewConnection> {
    const list = [actor.org, 'savedViews', scope, ...(scope === 'own' ? [actor.sub] : [])];
    const cursors = createCursors(list);
    const last = after === undefined || after === null ? undefined : cursors.decode(after);
    const limit = checkPageSize(first);
    return new SavedViewConnection({
      continued: last !== undefined,
      page: async () => {
        const request = { limit, ...omitNullish({ after: last }) };
        const { views, hasNext } = await loaders.batchedRead((reader) =>
          savedViewPage(reader, keyedHash, actor, scope, request),
        );
        return { edges: views.map((node) => ({ cursor: cursors.encode(node.id), node })), hasNext };
      },
      total: () => loaders.batchedRead((reader) => countSavedViews(reader, keyedHash, actor, scope)),
    });
  }

  @Query(() => SavedViewNode, {
    nullable: true,
    description: "A saved view: the user's own, or a shared one. Null if there is none.",
  })
  async savedView(
    @Arg('id', () => ID, { description: ID_DESCRIPTION }) id: string,
    @Ctx() { actor, loaders }: RequestContext,
  ): Promise<SavedView | null> {
    return (await loaders.batchedRead((reader) => findSavedView(reader, actor, id))) ?? null;
  }

  @Mutation(() => SavedViewNode, {
    description: 'Saves a view of the list of feedback entries. A user can have at most 100.',
  })
  async createSavedView(
    @Arg('input', () => SavedViewInput, { description: 'The view.' }) input: SavedViewInput,
    @Ctx() context: RequestContext,
  ): Promise<SavedView> {
    const { services, actor, idempotency } = context;
    const content = {
      name: input.name,
      filter: toViewFilter(context, input.filter),
      columns: input.columns ?? [],
      isShared: input.isShared ?? false,
      ...omitNullish({ order: input.order }),
    };
    const id = await createSavedView(services, actor, content, idempotency('createSavedView', content));
    return savedView(context, id);
  }

  @Mutation(() => SavedViewNode, {
    description:
      'Changes a saved view: its name, filter, order, columns, or whether it is shared. A shared view of another user can ' +
      'only be changed with the permission `org:admin`.',
  })
  async updateSavedView(
    @Arg('id', () => ID, { description: ID_DESCRIPTION }) id: string,
    @Arg('input', () => SavedViewChangeInput, { description: 'What to change.' }) input: SavedViewChangeInput,
    @Arg('expectedRevision', () => Int, { nullable: true, description: REVISION_DESCRIPTION })
    expectedRevision: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<SavedView> {
    const { services, actor, idempotency } = context;
    const { name, filter, columns, isShared, order } = input;
    const change: ViewChange = {
      ...omitNullish({ name, columns, isShared }),
      ...(filter !== undefined && { filter: toViewFilter(context, filter) }),
      ...(order !== undefined && { order }),
    };
    const once = idempotency('updateSavedView', { id, change, expectedRevision });
    await updateSavedView(services, actor, id, change, requestOf(context, expectedRevision), once);
    return savedView(context, id);
  }

  @Mutation(() => ID, {
    description:
      'Deletes a saved view and returns its id. A shared view of another user can only be deleted with the permission ' +
      '`org:admin`.',
  })
  async deleteSavedView(
    @Arg('id', () => ID, { description: ID_DESCRIPTION }) id: string,
    @Arg('expectedRevision', () => Int, { nullable: true, description: REVISION_DESCRIPTION })
    expectedRevision: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<string> {
    const once = context.idempotency('deleteSavedView', { id, expectedRevision });
    await deleteSavedView(context.services, context.actor, id, requestOf(context, expectedRevision), once);
    return id;
  }
}

/** A view that was saved just now, also where who changed it may read it no more, as an admin who ended its sharing. */
async function savedView({ services, actor: { org } }: RequestContext, id: string): Promise<SavedView> {
  const view = await services.store.read((reader) => readSavedView(reader, org, id));
  if (view === undefined) throw new ApiError('NOT_FOUND', 'The saved view was deleted in the meantime');
  return view;
}

function requestOf({ principal }: RequestContext, expectedRevision: number | null | undefined): ViewRequest {
  return { changesOthers: hasPermission(principal, 'org:admin'), ...omitNullish({ expectedRevision }) };
}

/**
 * A filter as it is kept, once it is one that a list takes.
 * @throws {InvalidInputError}
 */
function toViewFilter({ services, actor }: RequestContext, filter: FeedbackFilterInput | null | undefined): ViewFilter {
  planFilter(actor.org, toFilter(services, { filter }), services.keyedHash);
  const { type, validationStatus, unused, adapterId, adapterVersion, tag, scores, search, since, until } = filter ?? {};
  return {
    ...omitNullish({ type, validationStatus, unused, adapterId, adapterVersion, tag, search }),
    ...collectFields(FILTER_FIELDS, ({ name }) => filter?.[name]),
    ...omitNullish({ scores: toScoreFilters(scores), since: since?.getTime(), until: until?.getTime() }),
  };
}
