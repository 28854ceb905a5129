import { describe, expect, it } from 'vitest';
import { withFallback } from '../src/queue/fallback.js';
import { createQueueWith, type QueueOptions } from '../src/queue/queue.js';
import { memoryStorage, type QueueStorage } from '../src/queue/storage.js';
import { QueueFullError, type Undelivered, UndeliveredError } from '../src/queue/undelivered.js';
import type { Clock } from '../src/retry.js';
import type { Submission } from '../src/types.js';
import { fakeFetch, HTML, json, NO_CONNECTION, refusal, type Responder } from './support/fake-fetch.js';

const STORED = json({ id: 'feedback-1' }, 201);
const entry = (answer: string, other: Partial<Submission> = {}): Submission => ({
  type: 'positive',
  question: 'What is a shard?',
  answer,
  ...other,
});

/** Short waits pass at once. Between rounds in the background, time passes only when the test says so. */
function steppedClock() {
  const rounds: (() => void)[] = [];
  const waits: number[] = [];
  const clock: Clock = {
    random: () => 0,
    wait: (milliseconds, signal) =>
      signal === undefined
        ? Promise.resolve()
        : new Promise((resolve) => {
            waits.push(milliseconds);
            rounds.push(resolve);
            signal.addEventListener('abort', () => resolve());
          }),
  };
  return {
    clock,
    passRound: () => {
      rounds.shift()?.();
    },
    rounds: waits,
  };
}

function queueWith(
  responders: Responder[],
  options: Partial<QueueOptions> = {},
  storage: QueueStorage = memoryStorage(),
) {
  const { sent, fetch } = fakeFetch(...responders);
  const { clock, passRound, rounds } = steppedClock();
  const connection = { url: 'http://server', token: 't', fetch, maxRetries: 0, ...options };
  const queue = createQueueWith(connection, () => Promise.resolve(storage), clock);
  return {
    queue,
    sent,
    passRound,
    rounds,
    answers: () => sent.map(({ body }) => (JSON.parse(body) as Submission).answer),
  };
}

/** A storage that takes longer to add than to read. */
function slowStorage(): QueueStorage {
  const memory = memoryStorage();
  const add: QueueStorage['add'] = (...entries) =>
    new Promise((resolve) => setImmediate(() => resolve(memory.add(...entries))));
  return { ...memory, add };
}

async function undeliveredOf(promise: Promise<void>): Promise<readonly Undelivered[]> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (error instanceof UndeliveredError) return error.undelivered;
  throw new Error('It did not fail with an UndeliveredError', { cause: error });
}

const summary = (undelivered: readonly Undelivered[]) =>
  undelivered.map((each) => [each.entry.answer, each.error.code, each.isRetained]);

describe('a queue', () => {
  it('delivers in order, each entry under its own key', async () => {
    const { queue, sent, answers } = queueWith([STORED]);
    for (const answer of ['a', 'b', 'c']) await queue.add(entry(answer));
    await queue.flush();
    expect([answers(), await queue.size()]).toEqual([['a', 'b', 'c'], 0]);
    expect(new Set(sent.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(3);
    expect(sent.every(({ keepalive }) => keepalive)).toBe(true);
  });

  it('makes an entry that nothing tells from others known by an id, and leaves others as they are', async () => {
    const { queue, sent } = queueWith([STORED]);
    await queue.add(entry('a'));
    await queue.add(entry('b', { interaction_id: 'chat-1' }));
    await queue.flush();
    const [a, b] = sent.map(({ body }) => JSON.parse(body) as Submission);
    expect(a?.external_id).toBe(sent[0]?.headers.get('idempotency-key'));
    expect(b).toEqual(entry('b', { interaction_id: 'chat-1' }));
  });

  it.each([
    ['no connection', NO_CONNECTION, 'CONNECTION_FAILED'],
    ['a server that cannot write', refusal(503, 'UNAVAILABLE'), 'UNAVAILABLE'],
    ['a limit', refusal(429, 'RATE_LIMITED'), 'RATE_LIMITED'],
    ['an expired token', refusal(401, 'UNAUTHENTICATED'), 'UNAUTHENTICATED'],
    ['the page of a proxy', HTML, 'UNEXPECTED_RESPONSE'],
  ])('keeps everything and says so in flush: %s', async (_, failure, code) => {
    const { queue, sent, answers } = queueWith([failure]);
    await queue.add(entry('a'));
    await queue.add(entry('b'));
    expect(summary(await undeliveredOf(queue.flush()))).toEqual([
      ['a', code, true],
      ['b', code, true],
    ]);
    expect([answers().includes('b'), await queue.size()]).toEqual([false, 2]);
    expect(new Set(sent.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
  });

  it('delivers in the background what failed before, without another call', async () => {
    const { queue, passRound, answers } = queueWith([NO_CONNECTION, NO_CONNECTION, STORED]);
    await queue.add(entry('a'));
    await undeliveredOf(queue.flush());
    passRound();
    await queue.flush();
    expect([await queue.size(), answers().at(-1)]).toEqual([0, 'a']);
  });

  it('tells once of what the server refuses, and goes on', async () => {
    const told: Undelivered[] = [];
    const { queue, answers } = queueWith([refusal(400, 'BAD_USER_INPUT'), STORED], {
      onRejected: (rejected) => told.push(rejected),
    });
    await queue.add(entry('a'));
    await queue.add(entry('b'));
    const undelivered = await undeliveredOf(queue.flush());
    expect(summary(undelivered)).toEqual([['a', 'BAD_USER_INPUT', false]]);
    expect([summary(told), answers(), await queue.size()]).toEqual([summary(undelivered), ['a', 'b'], 0]);
    await queue.flush();
  });

  it('goes on behind an entry over which the server fails, but not with what changes that entry', async () => {
    const failsOverA: Responder = ({ body }) =>
      body.includes('"a"') ? refusal(500, 'INTERNAL_SERVER_ERROR') : STORED.clone();
    const { queue, answers } = queueWith([failsOverA]);
    await queue.add(entry('a', { interaction_id: 'chat-1' }));
    await queue.add(entry('b', { interaction_id: 'chat-1' }));
    await queue.add(entry('c', { interaction_id: 'chat-2' }));
    expect(summary(await undeliveredOf(queue.flush())).map(([answer]) => answer)).toEqual(['a', 'b']);
    expect([answers().includes('b'), answers().includes('c')]).toEqual([false, true]);
  });

  it('that is full refuses the next entry, and keeps those that wait', async () => {
    const { queue } = queueWith([NO_CONNECTION], { maxEntries: 2 });
    await queue.add(entry('a'));
    await queue.add(entry('b'));
    await expect(queue.add(entry('c'))).rejects.toThrow(new QueueFullError(2));
    expect((await undeliveredOf(queue.flush())).map((each) => each.entry.answer)).toEqual(['a', 'b']);
  });

  it('says on closing what it leaves behind, and takes nothing more', async () => {
    const { queue } = queueWith([NO_CONNECTION]);
    await queue.add(entry('a'));
    expect(summary(await undeliveredOf(queue.close()))).toEqual([['a', 'CONNECTION_FAILED', true]]);
    await expect(queue.add(entry('b'))).rejects.toThrow('The queue is closed');
  });

  it('takes an entry as it is when it is added, and refuses what is no JSON without harm to others', async () => {
    const { queue, answers } = queueWith([NO_CONNECTION, STORED]);
    const changing = { ...entry('a') };
    await queue.add(changing);
    changing.answer = 'changed';
    const circular: Record<string, unknown> = {};
    circular['itself'] = circular;
    await expect(queue.add(entry('b', { metadata: circular }))).rejects.toThrow(TypeError);
    await queue.add(entry('c'));
    await queue.flush();
    expect([answers().toSorted().slice(-2), await queue.size()]).toEqual([['a', 'c'], 0]);
  });

  it('flushes what is just being added, too', async () => {
    const { queue, answers } = queueWith([STORED], {}, slowStorage());
    void queue.add(entry('a'));
    void queue.add(entry('b'));
    await queue.flush();
    expect(answers()).toEqual(['a', 'b']);
  });

  it('keeps everything where the address is not that of the server', async () => {
    const { queue } = queueWith([refusal(404, 'NOT_FOUND')]);
    await queue.add(entry('a'));
    expect(summary(await undeliveredOf(queue.flush()))).toEqual([['a', 'NOT_FOUND', true]]);
    expect(await queue.size()).toBe(1);
  });

  it('does not wait for years because a server says so', async () => {
    const { queue, rounds } = queueWith([refusal(429, 'RATE_LIMITED', { 'retry-after': '9'.repeat(30) })]);
    await queue.add(entry('a'));
    await undeliveredOf(queue.flush());
    expect(rounds).toEqual([3_600_000]);
  });

  it.each(['add', 'list', 'remove'] as const)('delivers all of it where its database fails to %s', async (broken) => {
    let isBroken = false;
    const memory = memoryStorage();
    const failing = () => (isBroken ? Promise.reject(new DOMException('gone', 'InvalidStateError')) : undefined);
    const database: QueueStorage = {
      ...memory,
      isPersistent: true,
      add: (queued, maxEntries) => (broken === 'add' ? failing() : undefined) ?? memory.add(queued, maxEntries),
      list: () => (broken === 'list' ? failing() : undefined) ?? memory.list(),
      remove: (sequence) => (broken === 'remove' ? failing() : undefined) ?? memory.remove(sequence),
    };
    const away: Responder = () => (isBroken ? STORED.clone() : Promise.reject(NO_CONNECTION));
    const { queue, answers } = queueWith([away], {}, withFallback(database));
    await queue.add(entry('a'));
    await undeliveredOf(queue.flush());
    isBroken = true;
    await queue.add(entry('b'));
    await queue.flush();
    await queue.flush();
    expect([answers().filter((answer) => answer === 'b').length, await queue.size()]).toEqual([1, 0]);
    expect(await queue.isPersistent()).toBe(broken === 'add');
  });

  it('waits in memory where there is no other place', async () => {
    expect(await queueWith([STORED]).queue.isPersistent()).toBe(false);
  });
});
