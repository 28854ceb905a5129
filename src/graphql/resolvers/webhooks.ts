import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ApiError, InvalidInputError } from '../../errors.js';
import { omitNullish } from '../../omit-nullish.js';
import { countDeliveries, type DeliveryStatus, deliveryPage, findDelivery } from '../../webhooks/deliveries.js';
import { isWebhookEvent, type WebhookEvent } from '../../webhooks/event-types.js';
import {
  createWebhook,
  DEFAULT_GRACE_SECONDS,
  deleteWebhook,
  type MadeSecret,
  readDelivery,
  redeliver,
  rotateSecret,
  showSecret,
  testWebhook,
  updateWebhook,
  type WebhookChange,
  type WebhookServices,
} from '../../webhooks/manage.js';
import { readState } from '../../webhooks/state.js';
import {
  findWebhook,
  getWebhook,
  isWebhookId,
  listWebhooks,
  MAX_WEBHOOKS,
  type TrainingReadyRule,
  type Webhook,
  type WebhookFilter,
} from '../../webhooks/webhook.js';
import type { RequestContext, Services } from '../context.js';
import { createCursors } from '../cursors.js';
import { checkPageSize, PageArguments } from '../types/connection.js';
import {
  DeliveryStatusEnum,
  toDeliveryNode,
  type TrainingReadyRuleInput,
  WebhookChangeInput,
  WebhookConnection,
  WebhookDeliveryConnection,
  WebhookDeliveryNode,
  type WebhookFilterInput,
  WebhookInput,
  WebhookNode,
  WebhookSecretPayload,
} from '../types/webhooks.js';

const WEBHOOK_ID = 'Id of the webhook.';
const DELIVERY_ID = 'Id of the delivery.';
const DEFAULT_COOLDOWN_SECONDS = 3_600;

@Resolver(() => WebhookNode)
export class WebhookResolver {
  @Query(() => WebhookConnection, { description: 'Webhooks of the organization, oldest first.' })
  webhooks(
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { actor, loaders }: RequestContext,
  ): InstanceType<typeof WebhookConnection> {
    const cursors = createCursors([actor.org, 'webhooks']);
    const last = after === undefined || after === null ? undefined : cursors.decode(after);
    const limit = checkPageSize(first);
    const all = (): Promise<readonly Webhook[]> => loaders.batchedRead((reader) => listWebhooks(reader, actor.org));
    return new WebhookConnection({
      continued: last !== undefined,
      page: async () => {
        const rest = (await all()).filter(({ id }) => last === undefined || id > last);
        const edges = rest.slice(0, limit).map((each) => ({ cursor: cursors.encode(each.id), node: toNode(each) }));
        return { edges, hasNext: rest.length > limit };
      },
      total: async () => (await all()).length,
    });
  }

  @Query(() => WebhookNode, { nullable: true, description: 'A webhook by its id. Null if there is none.' })
  async webhook(
    @Arg('id', () => ID, { description: WEBHOOK_ID }) id: string,
    @Ctx() { actor, loaders }: RequestContext,
  ): Promise<WebhookNode | null> {
    const found = await loaders.batchedRead((reader) => findWebhook(reader, actor.org, id));
    return found === undefined ? null : toNode(found);
  }

  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description: 'Time since which every attempt has failed. Null if the last one has not.',
  })
  async failingSince(@Root() { id }: WebhookNode, @Ctx() { actor, loaders }: RequestContext): Promise<number | null> {
    const state = await loaders.batchedRead((reader) => readState(reader, actor.org, id));
    return state?.failingSince ?? null;
  }

  @FieldResolver(() => WebhookDeliveryConnection, {
    description:
      'Deliveries, newest first. Those that are over are kept for seven days, up to a number of each status.',
  })
  deliveries(
    @Root() { id }: WebhookNode,
    @Arg('status', () => DeliveryStatusEnum, { nullable: true, description: 'Only deliveries with this status.' })
    given: DeliveryStatus | null | undefined,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { actor, loaders }: RequestContext,
  ): InstanceType<typeof WebhookDeliveryConnection> {
    const { org } = actor;
    const status = given ?? undefined;
    const cursors = createCursors([org, 'webhookDeliveries', id, status ?? null]);
    const before = after === undefined || after === null ? undefined : cursors.decode(after);
    if (before !== undefined && !isWebhookId(before)) {
      throw new InvalidInputError([{ field: 'after', problem: 'must be a cursor of this list' }]);
    }
    const limit = checkPageSize(first);
    return new WebhookDeliveryConnection({
      continued: before !== undefined,
      page: async () => {
        const request = { limit, ...omitNullish({ status, before }) };
        const { deliveries, hasNext } = await loaders.batchedRead((reader) => deliveryPage(reader, org, id, request));
        const edges = deliveries.map((each) => ({ cursor: cursors.encode(each.id), node: toDeliveryNode(each) }));
        return { edges, hasNext };
      },
      total: () => loaders.batchedRead((reader) => countDeliveries(reader, org, id, status)),
    });
  }

  @FieldResolver(() => WebhookDeliveryNode, {
    nullable: true,
    description: 'A delivery by its id. Null if there is none.',
  })
  async delivery(
    @Root() { id }: WebhookNode,
    @Arg('id', () => ID, { description: DELIVERY_ID }) delivery: string,
    @Ctx() { actor, loaders }: RequestContext,
  ): Promise<WebhookDeliveryNode | null> {
    const found = await loaders.batchedRead((reader) => findDelivery(reader, actor.org, id, delivery));
    return found === undefined ? null : toDeliveryNode(found);
  }

  @Mutation(() => WebhookSecretPayload, {
    description: `Creates a webhook, which is told of what happens from now on. An organization can have at most ${MAX_WEBHOOKS}.`,
  })
  async createWebhook(
    @Arg('input', () => WebhookInput, { description: 'The webhook.' }) input: WebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<WebhookSecretPayload> {
    const { services, actor } = context;
    const content = {
      url: input.url,
      events: toEvents(input.events),
      filter: toFilter(input.filter),
      includesEntry: input.includesEntry ?? false,
      ...omitNullish({ description: input.description }),
      ...(input.trainingReady && { trainingReady: toRule(input.trainingReady) }),
    };
    const once = context.idempotency('createWebhook', content);
    return withSecret(context, await createWebhook(expectWebhooks(services), actor, content, once));
  }

  @Mutation(() => WebhookNode, { description: 'Changes, disables or enables a webhook.' })
  async updateWebhook(
    @Arg('id', () => ID, { description: WEBHOOK_ID }) id: string,
    @Arg('input', () => WebhookChangeInput, { description: 'What to change.' }) input: WebhookChangeInput,
    @Arg('expectedRevision', () => Int, { nullable: true, description: 'Expected current revision of the webhook.' })
    expectedRevision: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<WebhookNode> {
    const { url, events, filter, includesEntry, isEnabled, description, trainingReady } = input;
    const change: WebhookChange = {
      ...omitNullish({ url, includesEntry, isEnabled }),
      ...(events && { events: toEvents(events) }),
      ...(filter && { filter: toFilter(filter) }),
      ...(description !== undefined && { description }),
      ...(trainingReady !== undefined && { trainingReady: trainingReady && toRule(trainingReady) }),
    };
    const once = context.idempotency('updateWebhook', { id, change, expectedRevision });
    const { services, actor } = context;
    await updateWebhook(expectWebhooks(services), actor, id, change, expectedRevision ?? undefined, once);
    return readNode(context, id);
  }

  @Mutation(() => WebhookSecretPayload, {
    description: 'Gives a webhook a new secret. For a while, deliveries are signed with the one before, too.',
  })
  async rotateWebhookSecret(
    @Arg('id', () => ID, { description: WEBHOOK_ID }) id: string,
    @Arg('graceSeconds', () => Int, {
      nullable: true,
      description: 'Seconds for which the previous secret stays valid, from 0 to 604800; a day by default.',
    })
    graceSeconds: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<WebhookSecretPayload> {
    const { services, actor } = context;
    const once = context.idempotency('rotateWebhookSecret', { id, graceSeconds });
    const grace = graceSeconds ?? DEFAULT_GRACE_SECONDS;
    return withSecret(context, await rotateSecret(expectWebhooks(services), actor, id, grace, once));
  }

  @Mutation(() => ID, { description: 'Deletes a webhook with its deliveries and returns its id.' })
  async deleteWebhook(
    @Arg('id', () => ID, { description: WEBHOOK_ID }) id: string,
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<string> {
    await deleteWebhook(expectWebhooks(services), actor, id, idempotency('deleteWebhook', { id }));
    return id;
  }

  @Mutation(() => WebhookDeliveryNode, {
    description: 'Queues a test event for a webhook and returns its delivery, which shows later what became of it.',
  })
  async testWebhook(
    @Arg('id', () => ID, { description: WEBHOOK_ID }) id: string,
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<WebhookDeliveryNode> {
    const delivery = await testWebhook(expectWebhooks(services), actor, id, idempotency('testWebhook', { id }));
    return toDeliveryNode(await readDelivery(services, actor.org, id, delivery));
  }

  @Mutation(() => WebhookDeliveryNode, {
    description: 'Makes a delivery once more that was delivered or given up, with the same `webhook-id`.',
  })
  async redeliverWebhook(
    @Arg('id', () => ID, { description: WEBHOOK_ID }) id: string,
    @Arg('deliveryId', () => ID, { description: DELIVERY_ID }) deliveryId: string,
    @Ctx() { services, actor, idempotency }: RequestContext,
  ): Promise<WebhookDeliveryNode> {
    const once = idempotency('redeliverWebhook', { id, deliveryId });
    await redeliver(expectWebhooks(services), actor, id, deliveryId, once);
    return toDeliveryNode(await readDelivery(services, actor.org, id, deliveryId));
  }
}

function expectWebhooks(services: Services): Services & { readonly webhooks: WebhookServices } {
  const { webhooks } = services;
  if (webhooks === undefined) throw new ApiError('NOT_FOUND', 'This server has no webhooks');
  return { ...services, webhooks };
}

/** @throws {InvalidInputError} for the test, to which nothing subscribes */
function toEvents(events: readonly string[]): readonly WebhookEvent[] {
  const known = events.filter(isWebhookEvent);
  if (known.length < events.length) {
    throw new InvalidInputError([{ field: 'events', problem: 'must not contain webhook.test' }]);
  }
  return known;
}

function toFilter(given: WebhookFilterInput | null | undefined): WebhookFilter {
  const { type, validationStatus, adapterId, tag } = given ?? {};
  return omitNullish({ type, validationStatus, adapterId, tag });
}

function toRule({ adapterId, threshold, cooldownSeconds }: TrainingReadyRuleInput): TrainingReadyRule {
  return {
    ...omitNullish({ adapterId }),
    threshold,
    cooldownSeconds: cooldownSeconds ?? DEFAULT_COOLDOWN_SECONDS,
  };
}

function toNode({ secret: _, previousSecret, ...webhook }: Webhook): WebhookNode {
  return { ...webhook, ...(previousSecret !== undefined && { previousSecretUntil: previousSecret.until }) };
}

async function readNode({ services, actor }: RequestContext, id: string): Promise<WebhookNode> {
  return toNode(await services.store.read((reader) => getWebhook(reader, actor.org, id)));
}

async function withSecret(context: RequestContext, { id, nonce }: MadeSecret): Promise<WebhookSecretPayload> {
  const { webhooks } = expectWebhooks(context.services);
  return { webhook: await readNode(context, id), secret: showSecret(webhooks, context.actor.org, id, nonce) };
}
