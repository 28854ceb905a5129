/** What webhooks can be told of. GraphQL, REST, the console and docs/webhooks.md have their names from this table. */
import type { AuditAction } from '../audit/events.js';

interface EventType {
  /** The actions of the change feed that become this event. */
  readonly actions?: readonly AuditAction[];
  readonly description: string;
}

const EVENT_TYPES = {
  'feedback.submitted': { actions: ['feedback.submit'], description: 'An entry was submitted.' },
  'feedback.validated': { actions: ['feedback.judge'], description: 'A stored entry was validated again.' },
  'feedback.reviewed': { actions: ['feedback.review'], description: 'A reviewer approved or rejected an entry.' },
  'feedback.reopened': { actions: ['feedback.reopen'], description: 'A review was undone.' },
  'feedback.revised': {
    actions: ['feedback.revise'],
    description: 'The submitter of an entry revised or withdrew it.',
  },
  'feedback.tagged': { actions: ['feedback.tag'], description: 'The tags of an entry were changed by a reviewer.' },
  'feedback.linked': { actions: ['feedback.link'], description: 'An entry was linked to an adapter.' },
  'feedback.unlinked': { actions: ['feedback.unlink'], description: 'The link of an entry to an adapter was removed.' },
  'feedback.claimed': { actions: ['feedback.claim'], description: 'A training batch claimed an entry.' },
  'feedback.released': { actions: ['feedback.release'], description: 'A training batch released an entry.' },
  'feedback.used': { actions: ['feedback.use'], description: 'An entry was marked as used for training.' },
  'feedback.erased': { actions: ['feedback.erase'], description: 'An entry was erased.' },
  'adapter.created': { actions: ['adapter.create'], description: 'An adapter was named for the first time.' },
  'adapter.registered': { actions: ['adapter.register'], description: 'An adapter was registered or updated.' },
  'adapter.stage_changed': {
    actions: ['adapter.stage', 'adapter.stage_forced'],
    description: 'An adapter became a candidate, went into production or was retired.',
  },
  'adapter.evaluated': { actions: ['adapter.evaluate'], description: 'Evaluations of an adapter were posted.' },
  'training_batch.recorded': {
    actions: ['training_batch.record'],
    description: 'A training batch with an externally chosen number was recorded.',
  },
  'training_batch.claimed': { actions: ['training_batch.claim'], description: 'A training batch claimed entries.' },
  'training_batch.exported': {
    actions: ['training_batch.export'],
    description: 'A training batch was exported for the first time.',
  },
  'training_batch.renewed': {
    actions: ['training_batch.renew'],
    description: 'The lease of a training batch was renewed.',
  },
  'training_batch.committed': { actions: ['training_batch.commit'], description: 'A training batch was committed.' },
  'training_batch.released': { actions: ['training_batch.release'], description: 'A training batch was released.' },
  'training_batch.expired': {
    actions: ['training_batch.expire'],
    description: 'The lease of a training batch expired.',
  },
  'training.ready': {
    description: 'An adapter has as many approved entries that training has not used as the webhook waits for.',
  },
  'webhook.test': { description: 'A test. No webhook subscribes to it.' },
} as const satisfies Readonly<Record<string, EventType>>;

export type DeliveredEvent = keyof typeof EVENT_TYPES;

/** That an adapter has as many approved entries that training has not used as a webhook waits for. */
export const TRAINING_READY = 'training.ready';

/** What somebody sends to try a webhook. No webhook subscribes to it. */
export const TEST_EVENT = 'webhook.test';

export type WebhookEvent = Exclude<DeliveredEvent, typeof TEST_EVENT>;

export const DELIVERED_EVENTS = Object.keys(EVENT_TYPES) as DeliveredEvent[];

/** What a webhook can subscribe to. */
export const WEBHOOK_EVENTS: readonly WebhookEvent[] = DELIVERED_EVENTS.filter((event) => event !== TEST_EVENT);

const BY_ACTION: ReadonlyMap<AuditAction, WebhookEvent> = new Map(
  WEBHOOK_EVENTS.flatMap((event) => {
    const { actions = [] }: EventType = EVENT_TYPES[event];
    return actions.map((action) => [action, event] as const);
  }),
);

/** The event that a change becomes; undefined if it becomes none. */
export function eventOfAction(action: AuditAction): WebhookEvent | undefined {
  return BY_ACTION.get(action);
}

export function describeEvent(event: DeliveredEvent): string {
  return EVENT_TYPES[event].description;
}

/** The name of an event where names have no dots, as in GraphQL: in capitals, with a low line in place of the dot. */
export type EventEnumName<Event extends DeliveredEvent = DeliveredEvent> =
  Event extends `${infer Subject}.${infer What}` ? `${Uppercase<Subject>}_${Uppercase<What>}` : never;

export function toEnumName(event: DeliveredEvent): EventEnumName {
  return event.replace('.', '_').toUpperCase() as EventEnumName;
}

const BY_ENUM_NAME: ReadonlyMap<string, DeliveredEvent> = new Map(
  DELIVERED_EVENTS.map((event) => [toEnumName(event), event]),
);

export function fromEnumName(name: EventEnumName): DeliveredEvent {
  const event = BY_ENUM_NAME.get(name);
  if (event === undefined) throw new RangeError(`There is no event ${name}`);
  return event;
}

export function isWebhookEvent(name: string): name is WebhookEvent {
  return name !== TEST_EVENT && Object.hasOwn(EVENT_TYPES, name);
}

/** Whether an event is about a feedback entry. */
export function isAboutFeedback(event: DeliveredEvent): boolean {
  return event.startsWith('feedback.');
}
