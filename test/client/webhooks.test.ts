import { createClient, type FeedbackGraphClient, FeedbackGraphError, verifyWebhook } from '@feedback-graph/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startReceiver } from '../support/receiver.js';
import { type SharedServer, shareServer } from '../support/server.js';

const POLL = { timeout: 20_000, interval: 10 };

let server: SharedServer;
let client: FeedbackGraphClient;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  [server, receiver] = await Promise.all([shareServer(), startReceiver()]);
  client = createClient({ url: server.url, token: server.token({ roles: ['admin', 'trainer'] }) });
});
afterAll(() => receiver.close());

async function collect<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}

it('manages webhooks, and verifies what they receive', async () => {
  const { webhooks } = client;
  const made = await webhooks.create({ url: receiver.url, events: ['feedback.submitted'], filter: { tag: 'hook' } });
  expect((await collect(webhooks.list())).map(({ id }) => id)).toEqual([made.id]);
  const { id: entry } = await client.submit({
    type: 'positive',
    question: 'Wird das zugestellt?',
    answer: 'Ja, mit „Unterschrift“ 🦙.',
    tags: ['hook', 'ü'],
  });
  await expect.poll(() => receiver.received.length, POLL).toBe(1);
  const rotated = await webhooks.rotateSecret(made.id, 3_600);
  expect(rotated.secret).not.toBe(made.secret);
  await webhooks.test(made.id);
  await expect.poll(() => receiver.received.length, POLL).toBe(2);
  const [first, second] = receiver.received;
  if (first === undefined || second === undefined) throw new Error('Nothing was received');
  const event = verifyWebhook(first.body, first.headers, made.secret);
  expect(event).toMatchObject({
    type: 'feedback.submitted',
    data: { feedback_id: entry, entry: { tags: ['hook', 'ü'] } },
  });
  for (const secret of [made.secret, rotated.secret]) {
    expect(verifyWebhook(second.body, second.headers, secret).type).toBe('webhook.test');
  }
  expect(() => verifyWebhook(first.body, first.headers, rotated.secret)).toThrow('No signature');

  const isDelivered = async () => (await collect(webhooks.deliveries(made.id, { status: 'delivered' }))).length;
  await expect.poll(isDelivered, POLL).toBe(2);
  const [, delivery] = await collect(webhooks.deliveries(made.id));
  expect((await webhooks.delivery(made.id, delivery?.id ?? '')).event).toBe('feedback.submitted');
  await webhooks.redeliver(made.id, delivery?.id ?? '');
  await expect.poll(() => receiver.received.length, POLL).toBe(3);
  expect(receiver.received[2]?.headers['webhook-id']).toBe(first.headers['webhook-id']);

  expect((await webhooks.update(made.id, { enabled: false, description: 'Für später' })).enabled).toBe(false);
  expect((await webhooks.get(made.id)).description).toBe('Für später');
  expect(await webhooks.delete(made.id)).toEqual({ id: made.id });
  await expect(webhooks.get(made.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('records evaluations, and promotes what meets the rules', async () => {
  const { adapters } = client;
  await adapters.register('hook_lora', { peft_type: 'LORA', version: 'v1' });
  const rule = { kind: 'metric', metric: 'accuracy', dataset: 'help', at_least: 0.9 } as const;
  const rules = await adapters.setPromotionRules({ revision: 0, rules: [rule] });
  expect(await adapters.promotionRules()).toEqual(rules);
  const [recorded] = await adapters.recordEvaluations('hook_lora', [{ name: 'accuracy', value: 0.8, dataset: 'help' }]);
  expect(recorded).toMatchObject({ name: 'accuracy', value: 0.8 });
  expect((await adapters.checkPromotion('hook_lora')).passed).toBe(false);
  const refused: unknown = await adapters.promote('hook_lora').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(FeedbackGraphError);
  expect(refused).toMatchObject({
    code: 'CONFLICT',
    status: 409,
    check: { passed: false, results: [{ measured: 0.8, passed: false }] },
  });
  await adapters.recordEvaluations('hook_lora', [{ name: 'accuracy', value: 0.95, dataset: 'help' }]);
  expect((await collect(adapters.evaluations('hook_lora'))).map(({ value }) => value)).toEqual([0.95, 0.8]);
  const { revision } = await adapters.get('hook_lora');
  const promoted = await adapters.promote('hook_lora', { reason: 'Better' }, { version: revision });
  expect(promoted).toMatchObject({ stage: 'production', promoted: true, changed: true });
  expect((await adapters.promote('hook_lora')).changed).toBe(false);
  expect((await collect(adapters.stages('hook_lora'))).map(({ reason }) => reason)).toEqual(['Better']);
  expect((await collect(adapters.list({ stage: 'production' }))).map(({ id }) => id)).toEqual(['hook_lora']);
  expect((await adapters.bom('hook_lora')).bomFormat).toBe('CycloneDX');
});
