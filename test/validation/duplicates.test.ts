import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createChangeFeed } from '../../src/audit/change-feed.js';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { createPluginHost, tellPlugins } from '../../src/feedback/plugin-host.js';
import { submitFeedback } from '../../src/feedback/submit.js';
import type { ValidationServices } from '../../src/services.js';
import { duplicateDetection } from '../../src/validation/built-in/duplicate-detection.js';
import { NearDuplicateIndex, textBands, wordShingles } from '../../src/validation/built-in/near-duplicates.js';
import type { PluginSubmission, StoredSubmission } from '../../src/validation/contract.js';
import { startValidation } from '../../src/validation/registry.js';
import { countCalls } from '../support/counting-store.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { ACTOR } from '../support/graph.js';
import { openMemoryStore } from '../support/memory-engine.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    validationPlugin: [{ name: 'pii_redaction', config: { mode: 'replace' } }, { name: 'duplicate_detection' }],
  });
});
afterAll(() => server.stop());

interface Stored {
  readonly id: string;
  readonly answer: string;
  readonly validation_status: string;
  readonly validation_reasons: readonly string[];
}

async function submit(fields: Record<string, unknown>, headers = {}): Promise<Stored> {
  const { status, body } = await server.call<Stored>('POST', BASE, { body: { ...APPROVED, ...fields }, headers });
  expect(status).toBe(201);
  return body;
}

describe('the same', () => {
  it('of the same user is flagged with the id of the first, also after a restart', async () => {
    const first = await submit({ user_id: 'ann' });
    expect(first.validation_status).toBe('approved');
    expect((await submit({ user_id: 'bob' })).validation_status).toBe('approved');
    await server.restart();
    const second = await submit({ user_id: 'ann' });
    expect(second.validation_status).toBe('flagged');
    expect(second.validation_reasons).toEqual([`It says the same as ${first.id}`]);
  });

  it('is found among many at once, and in one batch', async () => {
    const together = await Promise.all(Array.from({ length: 8 }, () => submit({ user_id: 'carl' })));
    expect(together.filter((each) => each.validation_status === 'approved')).toHaveLength(1);
    const entry = { ...APPROVED, user_id: 'dora' };
    const { body } = await server.call<{ results: Stored[] }>('POST', `${BASE}/batch`, {
      body: { feedback: [entry, entry, entry] },
    });
    const [first, ...rest] = body.results;
    expect(first?.validation_status).toBe('approved');
    for (const each of rest) expect(each.validation_reasons).toEqual([`It says the same as ${first?.id}`]);
  });

  it('is no longer found once it is erased', async () => {
    const first = await submit({ user_id: 'eve' });
    await server.call('DELETE', `${BASE}/${first.id}`, { claims: { roles: ['admin'] } });
    expect((await submit({ user_id: 'eve' })).validation_status).toBe('approved');
  });
});

it('nearly the same for one adapter is flagged, for another it is not', async () => {
  const words =
    'To enable sharding use the shard by clause when you create the collection and choose a key that spreads well over all of the nodes';
  const first = await submit({ adapter_id: 'lora', user_id: 'u1', answer: `${words}.` });
  const near = await submit({ adapter_id: 'lora', user_id: 'u2', answer: `${words.toUpperCase()}!` });
  expect(near.validation_reasons).toEqual([`It is nearly the same as ${first.id}`]);
  expect((await submit({ adapter_id: 'other', user_id: 'u3', answer: words })).validation_status).toBe('approved');
  expect(
    (await submit({ adapter_id: 'lora', user_id: 'u4', answer: 'Read the manual of the cluster.' })).validation_status,
  ).toBe('approved');
});

it('what is replaced is answered and stored nowhere', async () => {
  const secret = 'ann.of.nowhere@example.org';
  const key = { 'idempotency-key': 'once' };
  const stored = await submit({ user_id: 'fay', answer: `Write to ${secret}.` }, key);
  expect(stored.answer).toBe('Write to [EMAIL].');
  expect(await submit({ user_id: 'fay', answer: `Write to ${secret}.` }, key)).toEqual(stored);
  for (const path of [`${BASE}/${stored.id}`, `${BASE}/${stored.id}/versions`]) {
    expect(JSON.stringify((await server.call('GET', path)).body)).not.toContain(secret);
  }
});

it('an index of near-duplicates holds no more than it may, and finds what it holds', () => {
  const sentence = fc.array(fc.constantFrom('shard', 'key', 'node', 'index', 'backup', 'token'), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      fc.array(sentence, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 20 }),
      (sentences, most) => {
        const index = new NearDuplicateIndex(most);
        const bands = sentences.map((words) => textBands(wordShingles(words.join(' '))));
        bands.forEach((each, number) => index.add(String(number), each));
        expect(index.size).toBe(Math.min(most, sentences.length));
        const held = bands.slice(-most);
        held.forEach((each, place) => {
          const id = String(bands.length - held.length + place);
          expect(index.candidates(each, Infinity)).toContain(id);
        });
        expect(index.candidates(bands[0]!, Infinity).every((id) => Number(id) >= bands.length - held.length)).toBe(
          true,
        );
      },
    ),
  );
});

it("reads an adapter's entries a few at a time, and finds the oldest of those that are alike", async () => {
  const answer = 'Use the shard by clause when you create the collection and choose a key that spreads well';
  const submission = { type: 'positive', question: 'How?', adapterId: 'lora', organization: 'default' } as const;
  const stored: StoredSubmission[] = Array.from({ length: 100 }, (_, index) => ({
    ...submission,
    id: `id-${String(index).padStart(3, '0')}`,
    createdAt: index,
    answer: index % 40 === 5 ? answer : `Number ${index} says something else of ${index} and of ${index * index}`,
  }));
  const asked: number[] = [];
  const plugin = duplicateDetection();
  const config = {
    window_hours: 24,
    near_duplicates: 'any_user',
    near_threshold: 0.9,
    near_entries: 80,
    near_adapters: 1,
  };
  await plugin.initialize?.(config, {
    hash: (organization, text) => `${organization} ${text}`,
    lookup: {
      ofAdapter: (_organization, _adapterId, limit, before = 'z') => {
        asked.push(limit);
        return Promise.resolve(
          stored
            .filter(({ id }) => id < before)
            .slice(-limit)
            .reverse(),
        );
      },
      find: (_organization, ids) => Promise.resolve(stored.filter(({ id }) => ids.includes(id))),
    },
  });
  const validate = (more: Partial<PluginSubmission>) =>
    plugin.validate({ ...submission, answer: `${answer}!`, ...more }, new AbortController().signal);
  // The oldest of all is none of the newest 80.
  expect(await validate({})).toMatchObject({ verdict: 'flag', data: { duplicateOf: 'id-045' } });
  expect(asked.reduce((sum, limit) => sum + limit, 0)).toBe(80);
  expect(Math.max(...asked)).toBeLessThanOrEqual(32);
  expect(await plugin.statistics?.()).toEqual({ adapters: 1, entries: 80 });
  expect(await validate({ id: 'id-045' })).toMatchObject({ verdict: 'accept' });
});

describe('of several servers over one store', () => {
  const WORDS =
    'To enable sharding use the shard by clause when you create the collection and choose a key that spreads well over all of the nodes';

  async function startServers(count: number) {
    const memory = await openMemoryStore();
    const keyedHash = await loadKeyedHash(memory);
    return Promise.all(
      Array.from({ length: count }, async () => {
        const { store, calls } = countCalls(memory);
        const feed = createChangeFeed(store, 1);
        const config = { near_adapters: 2 };
        const validation = await startValidation([{ name: 'duplicate_detection', config }], {
          host: createPluginHost(store, keyedHash, feed),
          logger: { warn: () => undefined },
        });
        const services: ValidationServices = {
          store,
          keyedHash,
          validate: validation.validate,
          stored: tellPlugins(validation.stored),
          now: Date.now,
        };
        const submit = async (fields: Partial<PluginSubmission>, org = 'default') => {
          const submission = {
            type: 'positive' as const,
            question: 'How?',
            answer: WORDS,
            adapterId: 'lora',
            ...fields,
          };
          const { feedback } = await submitFeedback(services, { ...ACTOR, org }, submission);
          return feedback;
        };
        const entries = async () => (await validation.report())[0]!.own['entries'];
        onTestFinished(async () => {
          await validation.stop();
          feed.close();
        });
        return { submit, entries, validation, feed, calls };
      }),
    );
  }

  it('each finds what is nearly the same as what another has accepted', async () => {
    const [one, other] = (await startServers(2)) as [Server, Server];
    // Both have read what there is of the adapter.
    await one.submit({ userId: 'u0', answer: 'Read the manual of the cluster.' });
    await other.submit({ userId: 'u0', answer: 'Ask the operator of the cluster.' });
    const first = await one.submit({ userId: 'u1' });
    expect(first.validationStatus).toBe('approved');
    await expect.poll(async () => [await one.entries(), await other.entries()]).toEqual([3, 3]);
    const near = await other.submit({ userId: 'u2', answer: `${WORDS.toUpperCase()}!` });
    expect(near.validationReasons).toEqual([`It is nearly the same as ${first.id}`]);
  });

  it('each follows the organizations whose entries it holds, and no others', async () => {
    const [one, other] = (await startServers(2)) as [Server, Server];
    for (const org of ['a', 'b', 'c']) await one.submit({ userId: 'u1' }, org);
    await expect.poll(() => one.feed.followers).toBe(2);
    // What was held of the first organization is read again.
    await other.submit({ userId: 'u2', answer: 'Read the manual of the cluster.' }, 'a');
    const near = await one.submit({ userId: 'u3', answer: 'Read the manual of the cluster!' }, 'a');
    expect(near.validationStatus).toBe('flagged');
    await one.validation.stop();
    await expect.poll(() => one.feed.followers).toBe(0);
  });

  type Server = Awaited<ReturnType<typeof startServers>>[number];
});
