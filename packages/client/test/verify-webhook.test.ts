import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { verifyWebhook, WebhookVerificationError } from '../src/verify-webhook.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = `whsec_${Buffer.from('another secret').toString('base64')}`;
const NOW = 1_674_087_231_000;
const BODY = JSON.stringify({ type: 'feedback.submitted', timestamp: '2023-01-19T00:13:51Z', data: { tags: ['ü🦙'] } });

function signed(body: string | Uint8Array, secret = SECRET, timestamp = String(NOW / 1000)): Record<string, string> {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': 'msg_1', 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

afterEach(() => void vi.useRealTimers());

describe('verifyWebhook', () => {
  it('gives the event of a request that the secret has signed', () => {
    vi.useFakeTimers({ now: NOW });
    const event = JSON.parse(BODY) as unknown;
    expect(verifyWebhook(BODY, signed(BODY), SECRET)).toEqual(event);
    expect(verifyWebhook(Buffer.from(BODY), new Headers(signed(BODY)), [OTHER, SECRET])).toEqual(event);
    // As a server sends after a rotation, and as Node.js has it where a header comes twice.
    const { 'webhook-signature': signature = '', ...others } = signed(BODY);
    expect(verifyWebhook(BODY, { ...others, 'Webhook-Signature': [`v1,AAAA v2,x ${signature}`] }, SECRET)).toEqual(
      event,
    );
    expect(verifyWebhook(BODY, signed(BODY, SECRET, String(NOW / 1000 - 299)), SECRET)).toEqual(event);
  });

  it.each([
    ['another secret', BODY, signed(BODY), OTHER],
    ['another body', `${BODY} `, signed(BODY), SECRET],
    ['another id', BODY, { ...signed(BODY), 'webhook-id': 'msg_2' }, SECRET],
    ['no signature', BODY, { ...signed(BODY), 'webhook-signature': '' }, SECRET],
    ['half a signature', BODY, { ...signed(BODY), 'webhook-signature': 'v1,' }, SECRET],
    ['no headers', BODY, {}, SECRET],
    ['an old time', BODY, signed(BODY, SECRET, String(NOW / 1000 - 301)), SECRET],
    ['a time to come', BODY, signed(BODY, SECRET, String(NOW / 1000 + 301)), SECRET],
    ['no time', BODY, signed(BODY, SECRET, 'NaN'), SECRET],
    ['no JSON', 'secret text', signed('secret text'), SECRET],
    ['no event', '[]', signed('[]'), SECRET],
  ])('refuses a request with %s, and shows nothing of it', (_, body, headers, secret) => {
    vi.useFakeTimers({ now: NOW });
    const verify = () => verifyWebhook(body, headers, secret);
    expect(verify).toThrow(WebhookVerificationError);
    expect(verify).not.toThrow(/secret text|MfKQ/);
  });

  it.each(['', 'whsec_', 'not base64!', 'whsec_ü'])('says that %j is no secret, without it', (secret) => {
    vi.useFakeTimers({ now: NOW });
    expect(() => verifyWebhook(BODY, signed(BODY), secret)).toThrow(/^The secret of a webhook is whsec_ and base64$/);
  });

  it('agrees with the example of Standard Webhooks', () => {
    vi.useFakeTimers({ now: 1_614_265_330_000 });
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    // Its body is no event of ours, which is found out only behind the signature.
    expect(() => verifyWebhook('{"test": 2432232314}', headers, SECRET)).toThrow('is signed');
  });
});
