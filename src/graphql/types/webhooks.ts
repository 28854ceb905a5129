/** Where an organization has its events sent. */
import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { FeedbackType, ValidationStatus } from '../../model/facets.js';
import type { Delivery, DeliveryStatus } from '../../webhooks/deliveries.js';
import {
  DELIVERED_EVENTS,
  type DeliveredEvent,
  describeEvent,
  toEnumName,
  type WebhookEvent,
} from '../../webhooks/event-types.js';
import type { AttemptProblem } from '../../webhooks/send.js';
import type { DisabledReason, TrainingReadyRule, WebhookFilter } from '../../webhooks/webhook.js';
import { connectionType, ListEdge } from './connection.js';
import { FeedbackTypeEnum, ValidationStatusEnum } from './feedback-enums.js';

export const WebhookEventEnum = Object.fromEntries(DELIVERED_EVENTS.map((event) => [toEnumName(event), event]));
registerEnumType(WebhookEventEnum, {
  name: 'WebhookEvent',
  description: 'What a webhook is told of. Receivers see the names in lower case, such as `feedback.submitted`.',
  valuesConfig: Object.fromEntries(
    DELIVERED_EVENTS.map((event) => [toEnumName(event), { description: describeEvent(event) }]),
  ),
});

export const DeliveryStatusEnum = {
  PENDING: 'pending',
  DELIVERED: 'delivered',
  DEAD: 'dead',
} as const satisfies Record<string, DeliveryStatus>;
registerEnumType(DeliveryStatusEnum, {
  name: 'WebhookDeliveryStatus',
  description: 'What became of a delivery.',
  valuesConfig: {
    PENDING: { description: 'It is still to be made, or made again.' },
    DELIVERED: { description: 'The receiver has taken it.' },
    DEAD: { description: 'It was given up; it can be made once more.' },
  },
});

export const DisabledReasonEnum = {
  USER: 'user',
  GONE: 'gone',
  FAILING: 'failing',
  RESTORED: 'restored',
} as const satisfies Record<string, DisabledReason>;
registerEnumType(DisabledReasonEnum, {
  name: 'WebhookDisabledReason',
  description: 'Why a webhook is disabled.',
  valuesConfig: {
    USER: { description: 'A user disabled it.' },
    GONE: { description: 'The receiver answered 410 (Gone).' },
    FAILING: { description: 'Every attempt has failed for five days.' },
    RESTORED: { description: 'It came from a backup without its secret, which must be rotated before it is enabled.' },
  },
});

export const AttemptProblemEnum = {
  ADDRESS_REFUSED: 'address_refused',
  NAME_NOT_RESOLVED: 'name_not_resolved',
  TLS: 'tls',
  CONNECTION: 'connection',
  TIMEOUT: 'timeout',
  REDIRECT: 'redirect',
  STATUS: 'status',
  INVALID_RESPONSE: 'invalid_response',
  UNREADABLE_EVENT: 'unreadable_event',
} as const satisfies Record<string, AttemptProblem>;
registerEnumType(AttemptProblemEnum, {
  name: 'WebhookAttemptProblem',
  description: 'Why an attempt has failed.',
  valuesConfig: {
    ADDRESS_REFUSED: { description: 'The host has an address that is not public.' },
    NAME_NOT_RESOLVED: { description: 'The name of the host could not be resolved.' },
    TLS: { description: 'The certificate of the receiver does not hold, or it speaks no TLS.' },
    CONNECTION: { description: 'The connection could not be opened, or was closed before a response.' },
    TIMEOUT: { description: 'There was no response within 15 seconds.' },
    REDIRECT: { description: 'The response was a redirect, which is never followed.' },
    STATUS: { description: 'The status of the response was not 200 to 299.' },
    INVALID_RESPONSE: { description: 'The response was not one of HTTP, or its headers were too long.' },
    UNREADABLE_EVENT: { description: 'What the event is about is damaged in the store of the server.' },
  },
});

@ObjectType('WebhookFilter', { simpleResolvers: true, description: 'Which entries a webhook is told of.' })
export class WebhookFilterNode implements WebhookFilter {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'Only entries with this judgement.' })
  type?: FeedbackType;

  @Field(() => ValidationStatusEnum, { nullable: true, description: 'Only entries with this validation status.' })
  validationStatus?: ValidationStatus;

  @Field(() => ID, { nullable: true, description: 'Only entries linked to this adapter, and the adapter itself.' })
  adapterId?: string;

  @Field(() => String, { nullable: true, description: 'Only entries with this tag.' })
  tag?: string;
}

@ObjectType('TrainingReadyRule', { simpleResolvers: true, description: 'When `training.ready` is sent.' })
export class TrainingReadyRuleNode implements TrainingReadyRule {
  @Field(() => ID, { nullable: true, description: 'The adapter. Null for any adapter, each on its own.' })
  adapterId?: string;

  @Field(() => Int, { description: 'Number of approved entries, not used by training, that is enough.' })
  threshold!: number;

  @Field(() => Int, { description: 'Seconds after one event in which there is no other about the same adapter.' })
  cooldownSeconds!: number;
}

@ObjectType('WebhookDelivery', { simpleResolvers: true, description: 'One event for one webhook.' })
export class WebhookDeliveryNode {
  @Field(() => ID, { description: 'Id of the delivery, which each attempt has as its header `webhook-id`.' })
  id!: string;

  @Field(() => WebhookEventEnum, { description: 'The event.' })
  event!: DeliveredEvent;

  @Field(() => ID, { description: 'Id of the entry, adapter or training batch; of the webhook itself for a test.' })
  node!: string;

  @Field(() => Int, { nullable: true, description: 'Version of the node that the event made.' })
  version?: number;

  @Field(() => DeliveryStatusEnum, { description: 'What became of the delivery.' })
  status!: DeliveryStatus;

  @Field(() => Int, { description: 'Number of attempts.' })
  attempts!: number;

  @Field(() => Int, { nullable: true, description: 'Status of the last response. Null if there was none.' })
  responseStatus?: number;

  @Field(() => AttemptProblemEnum, { nullable: true, description: 'Why the last attempt failed. Null if it did not.' })
  problem?: AttemptProblem;

  @Field(() => Int, { nullable: true, description: 'Milliseconds that the last attempt took.' })
  durationMs?: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Time of the last attempt.' })
  attemptedAt?: number;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description:
      'Time of the next attempt. Null if there is none, or an earlier delivery about the same node is first.',
  })
  nextAttemptAt?: number;

  @Field(() => GraphQLDateTime, { description: 'Time of the event.' })
  at!: number;

  @Field(() => GraphQLDateTime, { description: 'Time the delivery was queued.' })
  createdAt!: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Time it was delivered or given up.' })
  finishedAt?: number;
}

export function toDeliveryNode({ last, due, ...delivery }: Delivery): WebhookDeliveryNode {
  return {
    ...delivery,
    ...(due !== undefined && { nextAttemptAt: due }),
    ...(last !== undefined && { attemptedAt: last.at, durationMs: last.milliseconds }),
    ...(last?.responseStatus !== undefined && { responseStatus: last.responseStatus }),
    ...(last?.problem !== undefined && { problem: last.problem }),
  };
}

@ObjectType({ simpleResolvers: true, description: 'A delivery in a list.' })
export class WebhookDeliveryEdge extends ListEdge {
  @Field(() => WebhookDeliveryNode, { description: 'The delivery.' })
  node!: WebhookDeliveryNode;
}

export const WebhookDeliveryConnection = connectionType(
  'WebhookDeliveryConnection',
  () => WebhookDeliveryEdge,
  'A page of deliveries, newest first.',
);

@ObjectType('Webhook', {
  simpleResolvers: true,
  description: 'Where an organization has its events sent, as POST requests by the Standard Webhooks specification.',
})
export class WebhookNode {
  @Field(() => ID, { description: 'Id of the webhook.' })
  id!: string;

  @Field(() => String, { description: 'URL of the receiver.' })
  url!: string;

  @Field(() => String, { nullable: true, description: 'What the webhook is for.' })
  description?: string;

  @Field(() => [WebhookEventEnum], { description: 'Events that it is told of.' })
  events!: readonly WebhookEvent[];

  @Field(() => WebhookFilterNode, { description: 'Which entries it is told of; without fields, all.' })
  filter!: WebhookFilterNode;

  @Field(() => Boolean, { description: 'Whether deliveries have the whole entry, texts included.' })
  includesEntry!: boolean;

  @Field(() => TrainingReadyRuleNode, { nullable: true, description: 'When `training.ready` is sent.' })
  trainingReady?: TrainingReadyRuleNode;

  @Field(() => Boolean, { description: 'Whether events are sent.' })
  isEnabled!: boolean;

  @Field(() => DisabledReasonEnum, { nullable: true, description: 'Why no events are sent. Null if they are.' })
  disabledReason?: DisabledReason;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'Time until which deliveries are signed with the previous secret, too.',
  })
  previousSecretUntil?: number;

  @Field(() => Int, { description: 'Revision number of the webhook, incremented by every change.' })
  revision!: number;

  @Field(() => GraphQLDateTime, { description: 'Time the webhook was created.' })
  createdAt!: number;

  @Field(() => GraphQLDateTime, { description: 'Time of the last change.' })
  updatedAt!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A webhook in a list.' })
export class WebhookEdge extends ListEdge {
  @Field(() => WebhookNode, { description: 'The webhook.' })
  node!: WebhookNode;
}

export const WebhookConnection = connectionType(
  'WebhookConnection',
  () => WebhookEdge,
  'A page of webhooks, oldest first.',
);

@ObjectType({ simpleResolvers: true, description: 'A webhook with its new secret.' })
export class WebhookSecretPayload {
  @Field(() => WebhookNode, { description: 'The webhook.' })
  webhook!: WebhookNode;

  @Field(() => String, {
    description: 'The secret by which the receiver verifies signatures. No other operation returns it.',
  })
  secret!: string;
}

@InputType({ description: 'Which entries a webhook is told of. Entries are judged as they are when it is sent.' })
export class WebhookFilterInput {
  @Field(() => FeedbackTypeEnum, { nullable: true, description: 'Only entries with this judgement.' })
  type?: FeedbackType | null;

  @Field(() => ValidationStatusEnum, { nullable: true, description: 'Only entries with this validation status.' })
  validationStatus?: ValidationStatus | null;

  @Field(() => ID, { nullable: true, description: 'Only entries linked to this adapter, and the adapter itself.' })
  adapterId?: string | null;

  @Field(() => String, { nullable: true, description: 'Only entries with this tag.' })
  tag?: string | null;
}

@InputType({ description: 'When `training.ready` is sent.' })
export class TrainingReadyRuleInput {
  @Field(() => ID, { nullable: true, description: 'The adapter; any adapter, each on its own, if omitted.' })
  adapterId?: string | null;

  @Field(() => Int, { description: 'Number of approved entries, not used by training, that is enough.' })
  threshold!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Seconds after one event in which there is no other about the same adapter; an hour by default.',
  })
  cooldownSeconds?: number | null;
}

const URL_DESCRIPTION = 'URL of the receiver: https, without user name, password and fragment, at a public address.';
const DESCRIPTION = 'What the webhook is for: 1 to 256 bytes.';
const EVENTS = 'Events to be told of, at least one.';
const FILTER = 'Which entries to be told of; all if omitted.';
const INCLUDES_ENTRY = 'Whether deliveries have the whole entry, texts included.';
const READY = 'When `training.ready` is sent; required with that event.';

@InputType({ description: 'A webhook to create.' })
export class WebhookInput {
  @Field(() => String, { description: URL_DESCRIPTION })
  url!: string;

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;

  @Field(() => [WebhookEventEnum], { description: EVENTS })
  events!: readonly DeliveredEvent[];

  @Field(() => WebhookFilterInput, { nullable: true, description: FILTER })
  filter?: WebhookFilterInput | null;

  @Field(() => Boolean, { nullable: true, description: `${INCLUDES_ENTRY} They have not by default.` })
  includesEntry?: boolean | null;

  @Field(() => TrainingReadyRuleInput, { nullable: true, description: READY })
  trainingReady?: TrainingReadyRuleInput | null;
}

@InputType({ description: 'A change of a webhook. Omitted fields stay as they are.' })
export class WebhookChangeInput {
  @Field(() => String, { nullable: true, description: URL_DESCRIPTION })
  url?: string | null;

  @Field(() => String, { nullable: true, description: `${DESCRIPTION} Null removes it.` })
  description?: string | null;

  @Field(() => [WebhookEventEnum], { nullable: true, description: EVENTS })
  events?: readonly DeliveredEvent[] | null;

  @Field(() => WebhookFilterInput, {
    nullable: true,
    description: 'Which entries to be told of. It replaces the filter.',
  })
  filter?: WebhookFilterInput | null;

  @Field(() => Boolean, { nullable: true, description: INCLUDES_ENTRY })
  includesEntry?: boolean | null;

  @Field(() => TrainingReadyRuleInput, {
    nullable: true,
    description: 'When `training.ready` is sent. Null removes it.',
  })
  trainingReady?: TrainingReadyRuleInput | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether events are sent. A webhook that is enabled again is told of what happens from then on.',
  })
  isEnabled?: boolean | null;
}
