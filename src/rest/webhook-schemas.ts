/** Bodies and answers of the routes of webhooks. */
import { Type } from 'typebox';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { FEEDBACK_TYPES, VALIDATION_STATUSES } from '../model/facets.js';
import { DELIVERY_STATUSES } from '../webhooks/deliveries.js';
import { DELIVERED_EVENTS, WEBHOOK_EVENTS } from '../webhooks/event-types.js';
import { MAX_GRACE_SECONDS } from '../webhooks/manage.js';
import { ATTEMPT_PROBLEMS } from '../webhooks/send.js';
import { DISABLED_REASONS, MAX_COOLDOWN_SECONDS, MAX_THRESHOLD } from '../webhooks/webhook.js';
import { closed, nextCursor } from './schemas.js';

const FILTER = { type: 'negative', adapter: 'support-lora' } as const;
const READY = { adapter_id: 'support-lora', threshold: 500, cooldown_seconds: 3600 };
const WEBHOOK = {
  id: '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  url: 'https://hooks.example.com/feedback',
  description: 'Alerts of the support team',
  events: ['feedback.submitted', 'training.ready'] as const,
  filter: FILTER,
  include: [],
  training_ready: READY,
  enabled: true,
  revision: 1,
  created_at: 1_234_567_890_000,
  updated_at: 1_234_567_890_000,
};
const DELIVERY = {
  id: '0193a1b2-9c3d-7e4f-8a5b-6c7d8e9f0a1c',
  event: 'feedback.submitted',
  node: 'feedback-0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  version: 1,
  status: 'delivered',
  attempts: 1,
  response_status: 200,
  duration_ms: 42,
  attempted_at: 1_234_567_890_000,
  at: 1_234_567_890_000,
  created_at: 1_234_567_890_000,
  finished_at: 1_234_567_890_042,
};
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7fRZDmAvVY0=';

export const WEBHOOK_EXAMPLES = {
  create: {
    all: {
      summary: 'Negative entries about an adapter, and when there is enough to train from',
      value: {
        url: WEBHOOK.url,
        description: WEBHOOK.description,
        events: WEBHOOK.events,
        filter: FILTER,
        training_ready: READY,
      },
    },
  },
  change: { disable: { summary: 'Disable a webhook', value: { enabled: false } } },
  rotate: { hour: { summary: 'Keep the previous secret for an hour', value: { grace_seconds: 3600 } } },
  webhook: { webhook: { summary: 'A webhook', value: WEBHOOK } },
  secret: { secret: { summary: 'A webhook with its secret', value: { ...WEBHOOK, secret: SECRET } } },
  list: { one: { summary: 'One webhook', value: { webhooks: [WEBHOOK], count: 1 } } },
  deleted: { deleted: { summary: 'The webhook is gone', value: { id: WEBHOOK.id } } },
  delivery: { delivery: { summary: 'A delivery', value: DELIVERY } },
  queued: {
    queued: {
      summary: 'A delivery that is to be made',
      value: {
        id: DELIVERY.id,
        event: 'webhook.test',
        node: WEBHOOK.id,
        status: 'pending',
        attempts: 0,
        next_attempt_at: 1_234_567_890_000,
        at: 1_234_567_890_000,
        created_at: 1_234_567_890_000,
      },
    },
  },
  deliveries: { one: { summary: 'One delivery', value: { deliveries: [DELIVERY], count: 1 } } },
};

const EventSchema = Type.Enum(WEBHOOK_EVENTS, { type: 'string' });

const url = Type.String({
  description: 'URL of the receiver: https, without user name, password and fragment, at a public address.',
});
const DESCRIPTION = 'What the webhook is for: 1 to 256 bytes.';
const description = Type.String({ description: DESCRIPTION });
const events = Type.Array(EventSchema, { description: 'Events that the webhook is told of.' });
const include = Type.Array(Type.Enum(['entry'], { type: 'string' }), {
  maxItems: 1,
  description: '`entry`: deliveries have the whole entry as it is when it is sent, texts included. By default: empty.',
});

const filterFields = {
  type: Type.Optional(Type.Enum(FEEDBACK_TYPES, { type: 'string', description: 'Only entries with this judgement.' })),
  status: Type.Optional(
    Type.Enum(VALIDATION_STATUSES, { type: 'string', description: 'Only entries with this validation status.' }),
  ),
  adapter: Type.Optional(Type.String({ description: 'Only entries linked to this adapter, and the adapter itself.' })),
  tag: Type.Optional(Type.String({ description: 'Only entries with this tag.' })),
};
const FILTER_DESCRIPTION = 'Which entries the webhook is told of, as they are when it is sent; empty: all.';

const readyFields = {
  adapter_id: Type.Optional(Type.String({ description: 'The adapter; if omitted, any adapter, each on its own.' })),
  threshold: Type.Integer({
    minimum: 1,
    maximum: MAX_THRESHOLD,
    description: 'Number of approved entries, not used by training, that is enough.',
  }),
};
const cooldown = Type.Integer({
  minimum: 0,
  maximum: MAX_COOLDOWN_SECONDS,
  description: 'Seconds after one event in which there is no other about the same adapter; 3600 by default.',
});
const READY_DESCRIPTION = 'When `training.ready` is sent; required with that event.';

const webhookFields = {
  id: Type.String({ description: 'Id of the webhook.' }),
  url,
  description: Type.Optional(description),
  events,
  filter: Type.Object(filterFields, { description: FILTER_DESCRIPTION }),
  include,
  training_ready: Type.Optional(
    Type.Object({ ...readyFields, cooldown_seconds: cooldown }, { description: READY_DESCRIPTION }),
  ),
  enabled: Type.Boolean({ description: 'Whether events are sent.' }),
  disabled_reason: Type.Optional(
    Type.Enum(DISABLED_REASONS, {
      type: 'string',
      description:
        'Why no events are sent. user: a user disabled the webhook; gone: the receiver answered 410; failing: every ' +
        'attempt has failed for five days; restored: it came from a backup without its secret.',
    }),
  ),
  failing_since: Type.Optional(
    Type.Integer({ description: 'Time since which every attempt has failed, in epoch milliseconds.' }),
  ),
  previous_secret_until: Type.Optional(
    Type.Integer({
      description: 'Time until which deliveries are signed with the previous secret, too, in epoch milliseconds.',
    }),
  ),
  revision: Type.Integer({ description: 'Revision number of the webhook, incremented by every change.' }),
  created_at: Type.Integer({ description: 'Time the webhook was created, in epoch milliseconds.' }),
  updated_at: Type.Integer({ description: 'Time of the last change, in epoch milliseconds.' }),
};

export const WebhookAnswer = Type.Object(webhookFields, { title: 'Webhook' });

export const WebhookSecretAnswer = Type.Object(
  {
    ...webhookFields,
    secret: Type.String({
      description: 'The secret by which the receiver verifies signatures. No other route returns it.',
    }),
  },
  { title: 'WebhookWithSecret' },
);

export const WebhookListAnswer = Type.Object(
  {
    webhooks: Type.Array(WebhookAnswer, { description: 'Webhooks of the page, oldest first.' }),
    count: Type.Integer({ description: 'Number of webhooks returned.' }),
    next_cursor: nextCursor,
  },
  { title: 'WebhookList' },
);

const filterBody = Type.Object(filterFields, { ...closed, description: FILTER_DESCRIPTION });
const readyBody = Type.Object(
  { ...readyFields, cooldown_seconds: Type.Optional(cooldown) },
  { ...closed, description: READY_DESCRIPTION },
);

export const CreateWebhookBody = Type.Object(
  {
    url,
    description: Type.Optional(description),
    events,
    filter: Type.Optional(filterBody),
    include: Type.Optional(include),
    training_ready: Type.Optional(readyBody),
  },
  { ...closed, title: 'WebhookRequest', 'x-examples': WEBHOOK_EXAMPLES.create },
);

export const ChangeWebhookBody = Type.Object(
  {
    url: Type.Optional(url),
    description: Type.Optional(
      Type.Unsafe<string | null>({ type: ['string', 'null'], description: `${DESCRIPTION} null: none.` }),
    ),
    events: Type.Optional(events),
    filter: Type.Optional(filterBody),
    include: Type.Optional(include),
    training_ready: Type.Optional(Type.Union([readyBody, Type.Null()], { description: READY_DESCRIPTION })),
    enabled: Type.Optional(
      Type.Boolean({
        description: 'Whether to send events. A webhook that is enabled again is told of what happens from then on.',
      }),
    ),
    revision: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: 'Expected current revision of the webhook.' }),
    ),
  },
  { ...closed, minProperties: 1, title: 'WebhookChange', 'x-examples': WEBHOOK_EXAMPLES.change },
);

export const RotateSecretBody = Type.Object(
  {
    grace_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_GRACE_SECONDS,
        description: 'Seconds for which the previous secret stays valid; 86400 by default.',
      }),
    ),
  },
  { ...closed, title: 'WebhookSecretRotation', 'x-examples': WEBHOOK_EXAMPLES.rotate },
);

export const DeliveryAnswer = Type.Object(
  {
    id: Type.String({ description: 'Id of the delivery, which each attempt has as its header `webhook-id`.' }),
    event: Type.Enum(DELIVERED_EVENTS, { type: 'string', description: 'The event.' }),
    node: Type.String({
      description: 'Id of the entry, adapter or training batch; of the webhook itself for a test.',
    }),
    version: Type.Optional(Type.Integer({ description: 'Version of the node that the event made.' })),
    status: Type.Enum(DELIVERY_STATUSES, {
      type: 'string',
      description: 'pending: still to be made; delivered: the receiver has taken it; dead: given up.',
    }),
    attempts: Type.Integer({ description: 'Number of attempts.' }),
    response_status: Type.Optional(Type.Integer({ description: 'Status of the last response.' })),
    problem: Type.Optional(
      Type.Enum(ATTEMPT_PROBLEMS, { type: 'string', description: 'Why the last attempt has failed.' }),
    ),
    duration_ms: Type.Optional(Type.Integer({ description: 'Milliseconds that the last attempt took.' })),
    attempted_at: Type.Optional(Type.Integer({ description: 'Time of the last attempt, in epoch milliseconds.' })),
    next_attempt_at: Type.Optional(
      Type.Integer({
        description:
          'Time of the next attempt, in epoch milliseconds; omitted if an earlier delivery about the same node is first.',
      }),
    ),
    at: Type.Integer({ description: 'Time of the event, in epoch milliseconds.' }),
    created_at: Type.Integer({ description: 'Time the delivery was queued, in epoch milliseconds.' }),
    finished_at: Type.Optional(
      Type.Integer({ description: 'Time it was delivered or given up, in epoch milliseconds.' }),
    ),
  },
  { title: 'WebhookDelivery' },
);

export const DeliveryListAnswer = Type.Object(
  {
    deliveries: Type.Array(DeliveryAnswer, { description: 'Deliveries of the page, newest first.' }),
    count: Type.Integer({ description: 'Number of deliveries returned.' }),
    next_cursor: nextCursor,
  },
  { title: 'WebhookDeliveryList' },
);

const page = {
  limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'Number of items to return.' }),
  cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
};

export const ListWebhooksQuery = Type.Object(page, closed);

export const ListDeliveriesQuery = Type.Object(
  {
    status: Type.Optional(
      Type.Enum(DELIVERY_STATUSES, { type: 'string', description: 'Only deliveries with this status.' }),
    ),
    ...page,
  },
  closed,
);

export const DeletedWebhookAnswer = Type.Object(
  { id: Type.String({ description: 'Id of the webhook.' }) },
  { title: 'DeletedWebhook' },
);
