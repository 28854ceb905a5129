/** One attempt of a delivery, from the queue to what is stored of its outcome. */
import { systemActor } from '../audit/events.js';
import type { WebhookSecret } from '../audit/keyed-hash.js';
import { UnavailableError } from '../errors.js';
import type { Reader, Store, Transaction } from '../store/contract.js';
import type { Backoff } from './backoff.js';
import { type Delivery, findDelivery, isDue, settle, type Verdict } from './deliveries.js';
import { disableWebhook } from './manage.js';
import { renderPayload } from './payload.js';
import type { AttemptOutcome, AttemptProblem, SendAttempt } from './send.js';
import { signatureHeaders } from './signature.js';
import { type DeliveringServer, putState, readHeld } from './state.js';
import type { Webhook } from './webhook.js';

/** For how long every attempt may fail before the webhook is disabled, ms. */
export const FAILS_FOR = 5 * 24 * 60 * 60_000;

/** The status by which a receiver says that it is there no more. */
const GONE = 410;

/** Makes an attempt where something else happens around it, as a span; `headers` are to be sent with it. */
export type AroundAttempt = (
  delivery: Pick<Delivery, 'id' | 'event'> & { readonly webhook: string },
  work: (headers: Readonly<Record<string, string>>) => Promise<AttemptOutcome>,
) => Promise<AttemptOutcome>;

export interface AttemptServices {
  readonly store: Store;
  readonly now: () => number;
  readonly server: DeliveringServer;
  readonly secretOf: WebhookSecret;
  readonly send: SendAttempt;
  readonly around?: AroundAttempt;
  readonly backoff: Backoff;
  readonly userAgent: string;
  readonly logger: { warn(fields: object, message: string): void };
}

export interface PreparedAttempt {
  readonly webhook: Webhook;
  readonly delivery: Delivery;
  /** Absent where what the event is about cannot be read, as it is damaged. */
  readonly body?: Buffer;
}

/** What is to be sent; `none` if the delivery is not due any more, `notHeld` if the webhook is disabled, gone or another server's. */
export async function prepareAttempt(
  { store, server, logger, now }: AttemptServices,
  org: string,
  id: string,
  deliveryId: string,
): Promise<PreparedAttempt | 'none' | 'notHeld'> {
  return store.read(async (reader) => {
    const held = await readHeld(reader, org, id, server);
    if (held === undefined) return 'notHeld';
    const delivery = await findDelivery(reader, org, id, deliveryId);
    // What was read as due may have been attempted since.
    if (delivery === undefined || !isDue(delivery, now())) return 'none';
    const { webhook } = held;
    const body = await renderReadable(reader, org, webhook, delivery, logger);
    return { webhook, delivery, ...(body !== undefined && { body }) };
  });
}

async function renderReadable(
  reader: Reader,
  org: string,
  webhook: Webhook,
  delivery: Delivery,
  logger: AttemptServices['logger'],
): Promise<Buffer | undefined> {
  try {
    return await renderPayload(reader, org, webhook, delivery);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    logger.warn({ err: error, webhook: webhook.id, delivery: delivery.id }, 'an event of a webhook could not be read');
    return undefined;
  }
}

/** Sends what was prepared. Never rejects. */
export async function sendAttempt(
  { send, around = (_, work) => work({}), secretOf, userAgent }: AttemptServices,
  org: string,
  { webhook, delivery, body }: PreparedAttempt,
  at: number,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  if (body === undefined) return { problem: 'unreadable_event', milliseconds: 0 };
  const { secret, previousSecret } = webhook;
  const nonces = [
    secret.nonce,
    ...(previousSecret !== undefined && previousSecret.until > at ? [previousSecret.nonce] : []),
  ];
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': userAgent,
    ...signatureHeaders(
      { id: delivery.id, at, body },
      nonces.map((nonce) => secretOf(org, webhook.id, nonce)),
    ),
  };
  const { id, event } = delivery;
  return around({ id, event, webhook: webhook.id }, (more) =>
    send({ url: webhook.url, headers: { ...more, ...headers }, body, signal }),
  );
}

/** Whether an attempt has failed before the receiver was asked, which says nothing of it. */
export function isOfServer(problem: AttemptProblem | undefined): boolean {
  return problem === 'unreadable_event';
}

/** What became of an attempt: a failed one is made again, a dead one is not. */
export type AttemptResult = 'delivered' | 'failed' | 'dead';

/**
 * Stores what became of an attempt.
 * @returns undefined if the webhook is another server's by now, or the delivery is over
 */
export async function recordAttempt(
  { server, backoff }: Pick<AttemptServices, 'server' | 'backoff'>,
  transaction: Transaction,
  org: string,
  { webhook: { id }, delivery: { id: deliveryId, attempts } }: PreparedAttempt,
  outcome: AttemptOutcome,
  startedAt: number,
): Promise<AttemptResult | undefined> {
  const held = await readHeld(transaction, org, id, server);
  const delivery = await findDelivery(transaction, org, id, deliveryId);
  // It was stored already if there are more of them.
  if (held === undefined || delivery?.due === undefined || delivery.attempts !== attempts) return undefined;
  const { webhook, state } = held;
  const isDelivered = outcome.problem === undefined;
  const verdict = isDelivered
    ? ({ status: 'delivered' } as const)
    : failedVerdict(backoff, delivery, outcome, startedAt);
  await settle(transaction, org, id, delivery, outcome, startedAt, verdict);
  if (isOfServer(outcome.problem)) return toResult(verdict);
  const { failingSince, ...healthy } = state;
  if (isDelivered && failingSince !== undefined) putState(transaction, org, id, healthy);
  if (!isDelivered && failingSince === undefined) putState(transaction, org, id, { ...state, failingSince: startedAt });
  const isHopeless = !isDelivered && failingSince !== undefined && startedAt - failingSince >= FAILS_FOR;
  if (outcome.status === GONE || isHopeless) {
    const reason = outcome.status === GONE ? 'gone' : 'failing';
    await disableWebhook(transaction, systemActor(org, 'webhooks'), webhook, reason, startedAt);
  }
  return toResult(verdict);
}

function toResult({ status }: Verdict): AttemptResult {
  return status === 'pending' ? 'failed' : status;
}

function failedVerdict(
  backoff: Backoff,
  { attempts, firstAttemptAt }: Delivery,
  { status, milliseconds, retryAfter }: AttemptOutcome,
  startedAt: number,
): Verdict {
  const now = startedAt + Math.round(milliseconds);
  const failed = { attempts: attempts + 1, firstAttemptAt: firstAttemptAt ?? startedAt, now, retryAfter };
  const next = status === GONE ? undefined : backoff(failed);
  return next === undefined ? { status: 'dead' } : { status: 'pending', next };
}
