/** Bodies of the routes under /api/v1/llm/feedback/bulk, as schemas.ts has those of feedback. */
import { Type } from 'typebox';
import { BULK_ACTIONS, BULK_STATES, MAX_BULK_ENTRIES } from '../feedback/bulk/operation.js';
import { REFUSAL_REASONS } from '../feedback/refusal.js';
import { MAX_REASON } from '../feedback/review.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { FilterBody } from './filter-body.js';
import { closed, nextCursor } from './schemas.js';

const ID = '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const STARTED = {
  id: ID,
  state: 'running',
  action: 'reject',
  reason: 'It is advertising',
  total: 37,
  done: 0,
  changed: 0,
  skipped: {},
  created_by: 'reviewer-1',
  created_at: 1_234_567_890_000,
  updated_at: 1_234_567_890_000,
  expires_at: 1_237_159_890_000,
};
const DONE = { ...STARTED, state: 'done', done: 37, changed: 35, skipped: { used_for_training: 2 } };
const UNDO = { created_by: 'reviewer-1', total: 37, done: 0, restored: 0, skipped: {} };
const FILTER = { status: 'flagged', tag: 'advertising' };

export const BULK_EXAMPLES = {
  start: {
    link: {
      summary: 'Link two entries',
      value: { action: 'link', adapter_id: 'themis_help_lora_v2', ids: ['feedback-12345', 'feedback-12346'] },
    },
    reject: {
      summary: 'Reject what a filter selects',
      value: { action: 'reject', reason: 'It is advertising', filter: FILTER, expected_count: 37 },
    },
    tag: {
      summary: 'Replace a tag',
      value: { action: 'tag', add_tags: ['billing'], remove_tags: ['bill'], filter: { tag: 'bill' } },
    },
  },
  preview: { reject: { summary: 'Reject what a filter selects', value: { action: 'reject', filter: FILTER } } },
  previewed: {
    two: {
      summary: 'Two of 37 entries are skipped',
      value: { selected: 37, changed: 35, skipped: { used_for_training: 2 } },
    },
  },
  started: { started: { summary: 'An operation that has begun', value: STARTED } },
  operation: { done: { summary: 'An operation that is done', value: DONE } },
  canceled: { canceled: { summary: 'A canceled operation', value: { ...STARTED, state: 'canceled' } } },
  undoing: {
    undoing: { summary: 'An operation that is being undone', value: { ...DONE, state: 'undoing', undo: UNDO } },
  },
  list: { one: { summary: 'One operation', value: { operations: [DONE], count: 1 } } },
};

const changeProperties = {
  action: Type.Enum(BULK_ACTIONS, {
    type: 'string',
    description:
      'What to do to each entry. link and unlink need the permission `feedback:link`; approve, reject, reopen (undo the ' +
      'review) and tag need `feedback:review`.',
  }),
  reason: Type.Optional(
    Type.String({
      description: `For approve and reject: the reason, from 1 to ${MAX_REASON} characters. It must not name persons.`,
    }),
  ),
  add_tags: Type.Optional(Type.Array(Type.String(), { description: 'For tag: tags to add, at most 32.' })),
  remove_tags: Type.Optional(Type.Array(Type.String(), { description: 'For tag: tags to remove, at most 32.' })),
  adapter_id: Type.Optional(Type.String({ description: 'For link and unlink: the adapter.' })),
};

const selectionProperties = {
  ids: Type.Optional(
    Type.Array(Type.String(), { description: `Ids of entries, from 1 to ${MAX_BULK_ENTRIES}; or else a filter.` }),
  ),
  filter: Type.Optional(FilterBody),
};

export const BulkPreviewBody = Type.Object(
  { ...changeProperties, ...selectionProperties },
  { ...closed, title: 'BulkPreviewRequest', 'x-examples': BULK_EXAMPLES.preview },
);

export const BulkStartBody = Type.Object(
  {
    ...changeProperties,
    ...selectionProperties,
    expected_count: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_BULK_ENTRIES,
        description:
          'Number of entries that the selection had in the preview. If it has another one by now, nothing is changed (409).',
      }),
    ),
  },
  { ...closed, title: 'BulkRequest', 'x-examples': BULK_EXAMPLES.start },
);

const Skipped = Type.Object(
  Object.fromEntries(
    REFUSAL_REASONS.map((reason) => [
      reason,
      Type.Optional(Type.Integer({ minimum: 1, description: 'Number of entries.' })),
    ]),
  ),
  { title: 'BulkSkipped', description: 'Numbers of entries that stay as they are, by reason.' },
);

export const BulkPreviewAnswer = Type.Object(
  {
    selected: Type.Integer({ description: 'Number of selected entries.' }),
    changed: Type.Integer({ description: 'Number of entries that would change.' }),
    skipped: Skipped,
  },
  { title: 'BulkPreview' },
);

export const BulkOperationAnswer = Type.Object(
  {
    id: Type.String({ description: 'Id of the operation.' }),
    state: Type.Enum(BULK_STATES, { type: 'string', description: 'State of the operation.' }),
    ...changeProperties,
    total: Type.Integer({ description: 'Number of entries.' }),
    done: Type.Integer({ description: 'Number of entries that it has changed or skipped.' }),
    changed: Type.Integer({ description: 'Number of entries that it has changed.' }),
    skipped: Skipped,
    undo: Type.Optional(
      Type.Object(
        {
          created_by: Type.String({ description: 'The `sub` claim of the token of the user who undoes it.' }),
          total: Type.Integer({ description: 'Number of entries that the undo has to look at.' }),
          done: Type.Integer({ description: 'Number of entries that it has looked at.' }),
          restored: Type.Integer({ description: 'Number of entries that have again what they had before.' }),
          skipped: Skipped,
        },
        { title: 'BulkUndo', description: 'How far its undo is.' },
      ),
    ),
    created_by: Type.String({ description: 'The `sub` claim of the token of the user who started it.' }),
    created_at: Type.Integer({ description: 'Time it was started, in epoch milliseconds.' }),
    updated_at: Type.Integer({ description: 'Time of its last progress, in epoch milliseconds.' }),
    expires_at: Type.Integer({
      description: 'Time until which it can be read and undone, in epoch milliseconds.',
    }),
  },
  { title: 'BulkOperation' },
);

export const BulkListQuery = Type.Object(
  {
    limit: Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE,
      default: 100,
      description: 'Number of operations to return.',
    }),
    cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
  },
  closed,
);

export const BulkListAnswer = Type.Object(
  {
    operations: Type.Array(BulkOperationAnswer, { description: 'Operations of the page, newest first.' }),
    count: Type.Integer({ description: 'Number of operations returned.' }),
    next_cursor: nextCursor,
  },
  { title: 'BulkOperationList' },
);

export const BulkParameters = Type.Object({ id: Type.String({ description: 'Id of the operation.' }) });
