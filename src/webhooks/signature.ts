/** Signatures of Standard Webhooks (standardwebhooks.com), version 1. */
import { createHmac } from 'node:crypto';

/** A secret as receivers configure it. */
export function formatSecret(secret: Buffer): string {
  return `whsec_${secret.toString('base64')}`;
}

/** What tells whether a secret is still the one that was made, and nothing else of it. */
export function secretCheck(secret: Buffer): string {
  return createHmac('sha256', secret).update('feedback-graph webhook secret').digest().toString('base64url', 0, 12);
}

export interface SignedMessage {
  /** The same for each attempt of a delivery. */
  readonly id: string;
  /** When the attempt is made, epoch ms. */
  readonly at: number;
  readonly body: Buffer;
}

/** The headers of an attempt, with a signature for each secret that is valid. */
export function signatureHeaders(
  { id, at, body }: SignedMessage,
  secrets: readonly Buffer[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1_000));
  const sign = (secret: Buffer): string =>
    `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map(sign).join(' '),
  };
}
