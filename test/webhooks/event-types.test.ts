import { expect, it } from 'vitest';
import {
  DELIVERED_EVENTS,
  eventOfAction,
  fromEnumName,
  isWebhookEvent,
  toEnumName,
  WEBHOOK_EVENTS,
} from '../../src/webhooks/event-types.js';

it('each event has one name without dots', () => {
  expect(toEnumName('training_batch.claimed')).toBe('TRAINING_BATCH_CLAIMED');
  expect(DELIVERED_EVENTS.map((event) => fromEnumName(toEnumName(event)))).toEqual(DELIVERED_EVENTS);
});

it('webhooks subscribe to all events but the test', () => {
  expect(DELIVERED_EVENTS.filter((event) => !isWebhookEvent(event))).toEqual(['webhook.test']);
  expect(WEBHOOK_EVENTS).toHaveLength(DELIVERED_EVENTS.length - 1);
  for (const name of ['toString', 'constructor', '__proto__', '']) expect(isWebhookEvent(name)).toBe(false);
});

it('an action becomes one event, or none', () => {
  expect(eventOfAction('adapter.stage')).toBe('adapter.stage_changed');
  expect(eventOfAction('adapter.stage_forced')).toBe('adapter.stage_changed');
  expect(eventOfAction('webhook.create')).toBeUndefined();
});
