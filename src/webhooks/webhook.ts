/** Where an organization has its events sent: the stored records, and what is allowed in them. */
import { ApiError, type Issue } from '../errors.js';
import { FEEDBACK_TYPES, type FeedbackType, VALIDATION_STATUSES, type ValidationStatus } from '../model/facets.js';
import { adapterIdProblem, idProblem, throwIssues } from '../model/input.js';
import type { Reader } from '../store/contract.js';
import { prefixRange } from '../store/keys.js';
import { webhookKey, webhookPrefix } from '../store/layout.js';
import { decodeRecord } from '../store/record.js';
import { isWebhookEvent, TRAINING_READY, WEBHOOK_EVENTS, type WebhookEvent } from './event-types.js';

/** The most webhooks of an organization. */
export const MAX_WEBHOOKS = 20;

export const MAX_THRESHOLD = 1_000_000_000;
export const MAX_COOLDOWN_SECONDS = 30 * 24 * 60 * 60;

/** Which entries a webhook is told of, as they are when the server looks at their change; an absent field takes all. */
export interface WebhookFilter {
  readonly type?: FeedbackType;
  readonly validationStatus?: ValidationStatus;
  readonly adapterId?: string;
  readonly tag?: string;
}

/** When `training.ready` is sent. */
export interface TrainingReadyRule {
  /** Any adapter, each on its own, if absent. */
  readonly adapterId?: string;
  /** So many approved entries that training has not used. */
  readonly threshold: number;
  /** For how long after one event there is no other about the same adapter. */
  readonly cooldownSeconds: number;
}

/** What an administrator says of a webhook. */
export interface WebhookContent {
  /** It may hold a secret of the receiver, so it is in no log and no audit event. */
  readonly url: string;
  readonly description?: string;
  readonly events: readonly WebhookEvent[];
  readonly filter: WebhookFilter;
  /** Whether deliveries have the whole entry, texts included. */
  readonly includesEntry: boolean;
  readonly trainingReady?: TrainingReadyRule;
}

/** Why a webhook is sent nothing. */
export const DISABLED_REASONS = ['user', 'gone', 'failing', 'restored'] as const;

export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** Names a secret without telling it: the secret itself is stored nowhere. */
export interface SecretVersion {
  readonly nonce: string;
  /** Tells whether the store still makes the same secret of the nonce: one that was restored elsewhere does not. */
  readonly check: string;
}

export interface Webhook extends WebhookContent {
  /** Time-ordered. */
  readonly id: string;
  readonly revision: number;
  readonly isEnabled: boolean;
  readonly disabledReason?: DisabledReason;
  readonly secret: SecretVersion;
  /** The secret before, with which deliveries are signed, too, until then (epoch ms). */
  readonly previousSecret?: SecretVersion & { readonly until: number };
  readonly createdAt: number;
  readonly updatedAt: number;
}

export function decodeWebhook(value: Buffer): Webhook {
  return decodeRecord(value) as Webhook;
}

/** The webhooks of an organization, the oldest first. */
export async function listWebhooks(reader: Reader, org: string): Promise<readonly Webhook[]> {
  const entries = await reader.scan({ ...prefixRange(webhookPrefix(org)), limit: MAX_WEBHOOKS });
  return entries.map(({ value }) => decodeWebhook(value));
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether webhooks and deliveries could have this id: what could not never becomes part of a key. */
export function isWebhookId(id: string): boolean {
  return UUID.test(id);
}

export async function findWebhook(reader: Reader, org: string, id: string): Promise<Webhook | undefined> {
  const stored = isWebhookId(id) ? await reader.get(webhookKey(org, id)) : undefined;
  return stored === undefined ? undefined : decodeWebhook(stored);
}

/** @throws {ApiError} NOT_FOUND */
export async function getWebhook(reader: Reader, org: string, id: string): Promise<Webhook> {
  const webhook = await findWebhook(reader, org, id);
  if (webhook === undefined) throw new ApiError('NOT_FOUND', 'Webhook not found');
  return webhook;
}

/** @throws {InvalidInputError} naming everything that is not allowed; the URL is checked on its own */
export function checkContent({ description, events, filter, trainingReady }: WebhookContent): void {
  const issues: Issue[] = [];
  const add = (field: string, problem: string | undefined): void => {
    if (problem !== undefined) issues.push({ field, problem });
  };
  add('description', description === undefined ? undefined : idProblem(description));
  if (events.length === 0 || new Set(events).size < events.length || !events.every(isWebhookEvent)) {
    add('events', `must be different names among ${WEBHOOK_EVENTS.join(', ')}`);
  }
  if (filter.type !== undefined && !FEEDBACK_TYPES.includes(filter.type)) add('filter.type', 'is unknown');
  if (filter.validationStatus !== undefined && !VALIDATION_STATUSES.includes(filter.validationStatus)) {
    add('filter.validationStatus', 'is unknown');
  }
  add('filter.adapterId', filter.adapterId === undefined ? undefined : adapterIdProblem(filter.adapterId));
  add('filter.tag', filter.tag === undefined ? undefined : idProblem(filter.tag));
  const wantsReady = events.includes(TRAINING_READY);
  if (wantsReady && trainingReady === undefined) {
    issues.push({ field: 'trainingReady', problem: `the event ${TRAINING_READY} needs its threshold`, missing: true });
  }
  if (trainingReady !== undefined) {
    if (!wantsReady) add('trainingReady', `needs the event ${TRAINING_READY}`);
    const { adapterId, threshold, cooldownSeconds } = trainingReady;
    add('trainingReady.adapterId', adapterId === undefined ? undefined : adapterIdProblem(adapterId));
    add('trainingReady.threshold', integerProblem(threshold, 1, MAX_THRESHOLD));
    add('trainingReady.cooldownSeconds', integerProblem(cooldownSeconds, 0, MAX_COOLDOWN_SECONDS));
  }
  throwIssues(issues);
}

export function integerProblem(value: number, least: number, most: number): string | undefined {
  return Number.isInteger(value) && value >= least && value <= most
    ? undefined
    : `must be an integer from ${least} to ${most}`;
}
