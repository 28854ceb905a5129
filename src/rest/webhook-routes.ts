import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { ApiError } from '../errors.js';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { KEPT } from '../webhooks/deliveries.js';
import { fromEnumName, isWebhookEvent, toEnumName } from '../webhooks/event-types.js';
import { MAX_WEBHOOKS } from '../webhooks/webhook.js';
import { fromEnum, toEnum } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import {
  CreateWebhookDocument,
  DeleteWebhookDocument,
  GetWebhookDeliveryDocument,
  GetWebhookDocument,
  ListWebhookDeliveriesDocument,
  ListWebhooksDocument,
  RedeliverWebhookDocument,
  RotateWebhookSecretDocument,
  TestWebhookDocument,
  UpdateWebhookDocument,
  type WebhookDeliveryEntryFragment,
  type WebhookEntryFragment,
  type WebhookInput,
} from './operations.generated.js';
import {
  ChangeWebhookBody,
  CreateWebhookBody,
  DeletedWebhookAnswer,
  DeliveryAnswer,
  DeliveryListAnswer,
  ListDeliveriesQuery,
  ListWebhooksQuery,
  RotateSecretBody,
  WEBHOOK_EXAMPLES,
  WebhookAnswer,
  WebhookListAnswer,
  WebhookSecretAnswer,
} from './webhook-schemas.js';

const WEBHOOKS = '/api/v1/llm/webhooks';

const Parameters = Type.Object({ id: Type.String({ description: 'Id of the webhook.' }) });
const DeliveryParameters = Type.Object({
  ...Parameters.properties,
  delivery: Type.String({ description: 'Id of the delivery.' }),
});

const FIELD_NAMES = new Map([
  ['first', 'limit'],
  ['after', 'cursor'],
  ['filter.validationStatus', 'filter.status'],
  ['filter.adapterId', 'filter.adapter'],
  ['expectedRevision', 'revision'],
]);

/** Where an organization has its events sent. */
export function webhookRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.get(
    WEBHOOKS,
    {
      config: { failure: 'Failed to list webhooks', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'listWebhooks',
        summary: 'List webhooks',
        description: 'Lists the webhooks of the organization, oldest first.',
        tags: [TAGS.webhooks],
        querystring: ListWebhooksQuery,
        response: { 200: answer(WebhookListAnswer, 'A page of webhooks.', WEBHOOK_EXAMPLES.list) },
      },
    },
    async (request) => {
      const { limit: first, cursor: after = null } = request.query;
      const { webhooks } = await run(ListWebhooksDocument, { first, after }, contextOf(request));
      const { edges, pageInfo } = webhooks;
      return {
        webhooks: edges.map(({ node }) => toWebhook(node)),
        count: edges.length,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );

  application.post(
    WEBHOOKS,
    {
      config: { failure: 'Failed to create the webhook', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'createWebhook',
        summary: 'Create a webhook',
        description:
          'Has events sent to a URL from now on, as POST requests by the Standard Webhooks specification. Returns the ' +
          `secret by which the receiver verifies them. An organization can have at most ${MAX_WEBHOOKS} webhooks.`,
        tags: [TAGS.webhooks],
        body: CreateWebhookBody,
        response: { 201: answer(WebhookSecretAnswer, 'The webhook was created.', WEBHOOK_EXAMPLES.secret) },
        refusals: ['CONFLICT'],
      },
    },
    async (request, reply) => {
      const { url, events, ...rest } = request.body;
      const input = { url, events: events.map(toEnumName), ...toInput(rest) };
      const { createWebhook: made } = await run(CreateWebhookDocument, { input }, contextOf(request));
      const location = `${WEBHOOKS}/${made.webhook.id}`;
      return reply
        .code(201)
        .header('location', location)
        .send({ ...toWebhook(made.webhook), secret: made.secret });
    },
  );

  application.get(
    `${WEBHOOKS}/:id`,
    {
      config: { failure: 'Failed to read the webhook' },
      schema: {
        operationId: 'getWebhook',
        summary: 'Read a webhook',
        description: 'Returns a webhook, without its secret.',
        tags: [TAGS.webhooks],
        params: Parameters,
        response: { 200: answer(WebhookAnswer, 'The webhook.', WEBHOOK_EXAMPLES.webhook) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { webhook } = await run(GetWebhookDocument, { id: request.params.id }, contextOf(request));
      return toWebhook(expectFound(webhook));
    },
  );

  application.patch(
    `${WEBHOOKS}/:id`,
    {
      config: { failure: 'Failed to change the webhook', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'updateWebhook',
        summary: 'Change a webhook',
        description: 'Changes, disables or enables a webhook. Omitted fields stay as they are.',
        tags: [TAGS.webhooks],
        params: Parameters,
        body: ChangeWebhookBody,
        response: { 200: answer(WebhookAnswer, 'The webhook was changed.', WEBHOOK_EXAMPLES.webhook) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request) => {
      const { id } = request.params;
      const { revision, url, events, enabled, description, training_ready: ready, ...rest } = request.body;
      const input = {
        ...toInput(rest),
        ...omitNullish({ url, isEnabled: enabled, events: events?.map(toEnumName) }),
        ...(description !== undefined && { description }),
        ...(ready !== undefined && { trainingReady: ready && toReadyInput(ready) }),
      };
      const variables = { id, input, expectedRevision: revision ?? null };
      const { updateWebhook: webhook } = await run(UpdateWebhookDocument, variables, contextOf(request));
      return toWebhook(webhook);
    },
  );

  application.delete(
    `${WEBHOOKS}/:id`,
    {
      config: { failure: 'Failed to delete the webhook' },
      schema: {
        operationId: 'deleteWebhook',
        summary: 'Delete a webhook',
        description: 'Deletes a webhook and its deliveries, those that wait included.',
        tags: [TAGS.webhooks],
        params: Parameters,
        response: { 200: answer(DeletedWebhookAnswer, 'The webhook was deleted.', WEBHOOK_EXAMPLES.deleted) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { deleteWebhook: id } = await run(DeleteWebhookDocument, { id: request.params.id }, contextOf(request));
      return { id };
    },
  );

  application.post(
    `${WEBHOOKS}/:id/rotate-secret`,
    {
      config: { failure: 'Failed to rotate the secret', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'rotateWebhookSecret',
        summary: 'Rotate the secret of a webhook',
        description:
          'Gives a webhook a new secret and returns it. Until `previous_secret_until`, deliveries are signed with the ' +
          'previous secret, too.',
        tags: [TAGS.webhooks],
        params: Parameters,
        body: RotateSecretBody,
        response: { 200: answer(WebhookSecretAnswer, 'The webhook has a new secret.', WEBHOOK_EXAMPLES.secret) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { grace_seconds: graceSeconds = null } = request.body;
      const variables = { id: request.params.id, graceSeconds };
      const { rotateWebhookSecret: made } = await run(RotateWebhookSecretDocument, variables, contextOf(request));
      return { ...toWebhook(made.webhook), secret: made.secret };
    },
  );

  application.post(
    `${WEBHOOKS}/:id/test`,
    {
      config: { failure: 'Failed to test the webhook' },
      schema: {
        operationId: 'testWebhook',
        summary: 'Test a webhook',
        description: 'Queues the event `webhook.test` and returns its delivery, which shows later what became of it.',
        tags: [TAGS.webhooks],
        params: Parameters,
        response: { 202: answer(DeliveryAnswer, 'The event is queued.', WEBHOOK_EXAMPLES.queued) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request, reply) => {
      const { testWebhook: queued } = await run(TestWebhookDocument, { id: request.params.id }, contextOf(request));
      return reply.code(202).send(toDelivery(queued));
    },
  );

  application.get(
    `${WEBHOOKS}/:id/deliveries`,
    {
      config: { failure: 'Failed to list deliveries', fieldNames: FIELD_NAMES },
      schema: {
        operationId: 'listWebhookDeliveries',
        summary: 'List deliveries of a webhook',
        description:
          `Lists the deliveries of a webhook, newest first. Of those that are over, the last ${KEPT.delivered} delivered ` +
          `and the last ${KEPT.dead} dead ones of seven days are kept.`,
        tags: [TAGS.webhooks],
        params: Parameters,
        querystring: ListDeliveriesQuery,
        response: { 200: answer(DeliveryListAnswer, 'A page of deliveries.', WEBHOOK_EXAMPLES.deliveries) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { limit: first, cursor: after = null, status } = request.query;
      const variables = {
        id: request.params.id,
        status: status === undefined ? null : toEnum(status),
        first,
        after,
      };
      const { webhook } = await run(ListWebhookDeliveriesDocument, variables, contextOf(request));
      const { edges, pageInfo } = expectFound(webhook).deliveries;
      return {
        deliveries: edges.map(({ node }) => toDelivery(node)),
        count: edges.length,
        ...omitNullish({ next_cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null }),
      };
    },
  );

  application.get(
    `${WEBHOOKS}/:id/deliveries/:delivery`,
    {
      config: { failure: 'Failed to read the delivery' },
      schema: {
        operationId: 'getWebhookDelivery',
        summary: 'Read a delivery',
        description: 'Returns one delivery of a webhook.',
        tags: [TAGS.webhooks],
        params: DeliveryParameters,
        response: { 200: answer(DeliveryAnswer, 'The delivery.', WEBHOOK_EXAMPLES.delivery) },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request) => {
      const { id, delivery: deliveryId } = request.params;
      const { webhook } = await run(GetWebhookDeliveryDocument, { id, deliveryId }, contextOf(request));
      const { delivery } = expectFound(webhook);
      if (delivery === null) throw new ApiError('NOT_FOUND', 'Delivery not found');
      return toDelivery(delivery);
    },
  );

  application.post(
    `${WEBHOOKS}/:id/deliveries/:delivery/redeliver`,
    {
      config: { failure: 'Failed to queue the delivery' },
      schema: {
        operationId: 'redeliverWebhook',
        summary: 'Redeliver',
        description: 'Makes a delivery once more that was delivered or given up, with the same `webhook-id`.',
        tags: [TAGS.webhooks],
        params: DeliveryParameters,
        response: { 202: answer(DeliveryAnswer, 'The delivery is queued again.', WEBHOOK_EXAMPLES.queued) },
        refusals: ['NOT_FOUND', 'CONFLICT'],
      },
    },
    async (request, reply) => {
      const { id, delivery: deliveryId } = request.params;
      const { redeliverWebhook } = await run(RedeliverWebhookDocument, { id, deliveryId }, contextOf(request));
      return reply.code(202).send(toDelivery(redeliverWebhook));
    },
  );
}

function expectFound<Found>(found: Found | null): Found {
  if (found === null) throw new ApiError('NOT_FOUND', 'Webhook not found');
  return found;
}

type ReadyBody = NonNullable<Static<typeof CreateWebhookBody>['training_ready']>;

function toReadyInput({ adapter_id: adapterId, threshold, cooldown_seconds: cooldownSeconds }: ReadyBody) {
  return { threshold, ...omitNullish({ adapterId, cooldownSeconds }) };
}

function toInput({
  description,
  filter,
  include,
  training_ready: ready,
}: Omit<Static<typeof CreateWebhookBody>, 'url' | 'events'>): Omit<WebhookInput, 'url' | 'events'> {
  return {
    ...omitNullish({ description }),
    ...(filter !== undefined && {
      filter: {
        ...omitNullish({ adapterId: filter.adapter, tag: filter.tag }),
        ...(filter.type !== undefined && { type: toEnum(filter.type) }),
        ...(filter.status !== undefined && { validationStatus: toEnum(filter.status) }),
      },
    }),
    ...(include !== undefined && { includesEntry: include.includes('entry') }),
    ...(ready !== undefined && { trainingReady: toReadyInput(ready) }),
  };
}

function toWebhook(webhook: WebhookEntryFragment): Static<typeof WebhookAnswer> {
  const { filter, trainingReady: ready, disabledReason, failingSince, previousSecretUntil } = webhook;
  return {
    id: webhook.id,
    url: webhook.url,
    ...omitNullish({ description: webhook.description }),
    events: webhook.events.map(fromEnumName).filter(isWebhookEvent),
    filter: omitNullish({
      type: filter.type && fromEnum(filter.type),
      status: filter.validationStatus && fromEnum(filter.validationStatus),
      adapter: filter.adapterId,
      tag: filter.tag,
    }),
    include: webhook.includesEntry ? ['entry'] : [],
    ...(ready !== null && {
      training_ready: {
        ...omitNullish({ adapter_id: ready.adapterId }),
        threshold: ready.threshold,
        cooldown_seconds: ready.cooldownSeconds,
      },
    }),
    enabled: webhook.isEnabled,
    ...omitNullish({
      disabled_reason: disabledReason && fromEnum(disabledReason),
      failing_since: failingSince?.getTime(),
      previous_secret_until: previousSecretUntil?.getTime(),
    }),
    revision: webhook.revision,
    created_at: webhook.createdAt.getTime(),
    updated_at: webhook.updatedAt.getTime(),
  };
}

function toDelivery(delivery: WebhookDeliveryEntryFragment): Static<typeof DeliveryAnswer> {
  return {
    id: delivery.id,
    event: fromEnumName(delivery.event),
    node: delivery.node,
    ...omitNullish({ version: delivery.version }),
    status: fromEnum(delivery.status),
    attempts: delivery.attempts,
    ...omitNullish({
      response_status: delivery.responseStatus,
      problem: delivery.problem && fromEnum(delivery.problem),
      duration_ms: delivery.durationMs,
      attempted_at: delivery.attemptedAt?.getTime(),
      next_attempt_at: delivery.nextAttemptAt?.getTime(),
    }),
    at: delivery.at.getTime(),
    created_at: delivery.createdAt.getTime(),
    ...omitNullish({ finished_at: delivery.finishedAt?.getTime() }),
  };
}
