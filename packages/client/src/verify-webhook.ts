import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { isObject } from './errors.js';

/** What a webhook is told of. docs/webhooks.md lists the types, and what `data` has. */
export interface WebhookEvent {
  readonly type: string;
  /** When it was sent, in RFC 3339. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The headers of a request, as `fetch` has them or as Node.js has them. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyWebhookOptions {
  /** How far the time of a request may be from now; 300 seconds by default. */
  readonly toleranceSeconds?: number;
}

/** Why a request is not to be believed. The message shows neither a secret nor the body. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
}

const TOLERANCE_SECONDS = 300;

/**
 * Reads a request to a webhook once its signature is known to be the server's, by Standard Webhooks (standardwebhooks.com).
 * The same `webhook-id` may come twice.
 * @param body as it arrived: what was parsed and printed again has another signature
 * @param secrets `whsec_…`, or several of which one must fit
 * @throws {WebhookVerificationError}
 */
export function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS }: VerifyWebhookOptions = {},
): WebhookEvent {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
    valueOf(headers, `webhook-${name}`),
  );
  if (id === undefined || timestamp === undefined || signatures === undefined) {
    throw new WebhookVerificationError('The request has not all headers of a webhook');
  }
  if (!/^\d{1,15}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds) {
    throw new WebhookVerificationError('The request is too old, or of the future');
  }
  const encoder = new TextEncoder();
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  const head = encoder.encode(`${id}.${timestamp}.`);
  const expected = [secrets].flat().map((secret) => {
    const signature = hmac.create(sha256, keyOf(secret)).update(head).update(bytes).digest();
    return `v1,${btoa(String.fromCharCode(...signature))}`;
  });
  const isSigned = signatures.split(' ').some((given) => expected.some((signature) => isSame(given, signature)));
  if (!isSigned) throw new WebhookVerificationError('No signature of the request is of this secret');
  return parseEvent(new TextDecoder().decode(bytes));
}

function valueOf(headers: WebhookHeaders, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : value?.[0];
}

/** @throws TypeError which does not show the secret */
function keyOf(secret: string): Uint8Array {
  try {
    const key = Uint8Array.from(atob(secret.replace(/^whsec_/, '')), (character) => character.charCodeAt(0));
    if (key.length > 0) return key;
  } catch {
    // It is said below.
  }
  throw new TypeError('The secret of a webhook is whsec_ and base64');
}

/** Takes the same time wherever two texts differ. */
function isSame(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let at = 0; at < expected.length; at++) difference |= given.charCodeAt(at) ^ expected.charCodeAt(at);
  return difference === 0;
}

function parseEvent(text: string): WebhookEvent {
  try {
    const event: unknown = JSON.parse(text);
    if (isEvent(event)) return event;
  } catch {
    // Its message would show the body.
  }
  throw new WebhookVerificationError('The request is signed, and its body is no event');
}

function isEvent(event: unknown): event is WebhookEvent {
  return isObject(event) && typeof event['type'] === 'string' && isObject(event['data']);
}
