import type { WebhookEvent } from './documents.generated.js';
import { EVENT_NAMES } from './webhook-events.generated.js';

export { EVENT_NAMES };

/** Those that a webhook subscribes to. */
export const EVENTS = (Object.keys(EVENT_NAMES) as WebhookEvent[]).filter((event) => event !== 'WEBHOOK_TEST');
