import type { FeedbackType, ValidationStatus, WebhookEvent, WebhookFieldsFragment } from './documents.generated.js';

/** A webhook as a form has it: numbers are what somebody is writing, and '' is what is not asked for. */
export interface WebhookDraft {
  readonly url: string;
  readonly description: string;
  readonly events: readonly WebhookEvent[];
  readonly type: '' | FeedbackType;
  readonly status: '' | ValidationStatus;
  readonly adapter: string;
  readonly tag: string;
  readonly includesEntry: boolean;
  readonly threshold: string;
  readonly watchedAdapter: string;
  readonly cooldown: string;
}

export const NEW_WEBHOOK: WebhookDraft = {
  url: '',
  description: '',
  events: ['FEEDBACK_SUBMITTED'],
  type: '',
  status: '',
  adapter: '',
  tag: '',
  includesEntry: false,
  threshold: '100',
  watchedAdapter: '',
  cooldown: '3600',
};

export function draftOf(webhook: WebhookFieldsFragment): WebhookDraft {
  const { url, description, events, filter, includesEntry, trainingReady: ready } = webhook;
  return {
    url,
    description: description ?? '',
    events,
    type: filter.type ?? '',
    status: filter.validationStatus ?? '',
    adapter: filter.adapterId ?? '',
    tag: filter.tag ?? '',
    includesEntry,
    threshold: String(ready?.threshold ?? NEW_WEBHOOK.threshold),
    watchedAdapter: ready?.adapterId ?? '',
    cooldown: String(ready?.cooldownSeconds ?? NEW_WEBHOOK.cooldown),
  };
}

export type WrittenWebhook = ReturnType<typeof toWebhookInput>;

/** What the API takes, both to create a webhook and to change one. */
export function toWebhookInput(draft: WebhookDraft) {
  return {
    url: draft.url.trim(),
    description: draft.description.trim() || null,
    events: [...draft.events],
    includesEntry: draft.includesEntry,
    filter: {
      type: draft.type || null,
      validationStatus: draft.status || null,
      adapterId: draft.adapter.trim() || null,
      tag: draft.tag.trim() || null,
    },
    trainingReady: draft.events.includes('TRAINING_READY')
      ? {
          threshold: Number(draft.threshold),
          adapterId: draft.watchedAdapter.trim() || null,
          cooldownSeconds: Number(draft.cooldown),
        }
      : null,
  };
}

export function isWholeNumber(text: string, least: number, most: number): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most;
}
