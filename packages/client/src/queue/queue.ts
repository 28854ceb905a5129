import { FeedbackGraphError, isRefusal } from '../errors.js';
import { backoff, type Clock, MAX_PATIENCE_MS } from '../retry.js';
import { submitterOn } from '../submitter.js';
import { type ConnectionOptions, createTransport, randomKey } from '../transport.js';
import type { Submission } from '../types.js';
import { listenToPage, withTabLock } from './page.js';
import type { QueuedEntry, QueueStorage, StoredEntry } from './storage.js';
import { type Undelivered, UndeliveredError, QueueFullError } from './undelivered.js';

export interface QueueOptions extends ConnectionOptions {
  /**
   * Under which entries wait in IndexedDB. Give each signed-in user another name: what one has said must not be sent with
   * the token of the next.
   */
  readonly name?: string;
  /** How many entries may wait, in all tabs; 1,000 by default. */
  readonly maxEntries?: number;
  /** Is told of each entry that the server has refused for good, in the tab that sent it. `flush` tells of them, too. */
  readonly onRejected?: (rejected: Undelivered) => void;
}

/** Entries that wait until they are delivered, in the order in which they were added. */
export interface FeedbackQueue {
  /** Resolves once the entry waits; it is sent as soon as possible. @throws {QueueFullError} */
  add(entry: Submission): Promise<void>;
  /**
   * Delivers now what waits. @throws {UndeliveredError} with all that was not: what still waits, and what the server has
   * refused since the last flush.
   */
  flush(): Promise<void>;
  /** How many entries wait. */
  size(): Promise<number>;
  /** Whether entries outlive the page. */
  isPersistent(): Promise<boolean>;
  /** Flushes, and then sends nothing more. @throws {UndeliveredError} */
  close(): Promise<void>;
}

/** An entry that was tried and still waits. */
interface Failure {
  readonly key: string;
  readonly error: FeedbackGraphError;
}

/** What browsers let outlive a page, in characters; theirs is 64 KiB in all. */
const MAX_HIDE_CHARACTERS = 20_000;
const MAX_ENTRIES = 1_000;

export function createQueueWith(
  options: QueueOptions,
  openStorage: () => Promise<QueueStorage>,
  clock: Clock,
): FeedbackQueue {
  const { maxEntries = MAX_ENTRIES, name = 'feedback-graph', onRejected } = options;
  const submitter = submitterOn(createTransport(options, clock));
  let isClosed = false;
  /** What this page has added and does not know to be delivered: on hiding there is no time to read a database. */
  const own = new Map<string, Submission>();
  /** Of these, what is not yet in the storage. */
  const adding = new Map<string, Promise<boolean>>();
  /** Refused since the last flush. */
  let rejected: Undelivered[] = [];
  let opened: Promise<QueueStorage> | undefined;
  let lastRun: Promise<unknown> = Promise.resolve();
  let background: Promise<void> | undefined;
  let isNeeded = false;
  /** Between two runs in the background. */
  let pause = new AbortController();
  let closing: Promise<void> | undefined;

  const storage = (): Promise<QueueStorage> => (opened ??= openStorage());

  /** One run at a time, in this page and in all tabs. @returns what failed and still waits */
  function deliver(): Promise<Failure[]> {
    const run = lastRun.then(async () => {
      const { isPersistent } = await storage();
      return isPersistent ? withTabLock(`${name}:delivery`, deliverAll) : deliverAll();
    });
    lastRun = run.catch(() => undefined);
    return run;
  }

  async function deliverAll(): Promise<Failure[]> {
    const waiting = await storage();
    const tried = new Set<string>();
    const failed: Failure[] = [];
    const failedSubjects = new Set<string>();
    let left: StoredEntry[] = [];
    for (;;) {
      if (left.length === 0) {
        const entries = await waiting.list();
        forgetAllBut(entries);
        left = entries.filter(({ key }) => !tried.has(key));
      }
      const next = left.shift();
      if (next === undefined) return failed;
      tried.add(next.key);
      // What was said later of the same thing must not be overtaken by what was said before.
      if (failedSubjects.has(subjectOf(next))) continue;
      try {
        await submitter.submit(next.entry, { idempotencyKey: next.key, keepalive: true });
        await waiting.remove(next.sequence);
        own.delete(next.key);
      } catch (error) {
        if (!(error instanceof FeedbackGraphError)) throw error;
        // No route at the address is no word about the entry.
        if (isRefusal(error) && error.status !== 404) {
          await waiting.remove(next.sequence);
          own.delete(next.key);
          reject({ entry: next.entry, error, isRetained: false });
          continue;
        }
        failed.push({ key: next.key, error });
        failedSubjects.add(subjectOf(next));
        if (!mayTakeOthers(error)) return failed;
      }
    }
  }

  /** Another tab may have delivered what this one has added. */
  function forgetAllBut(entries: readonly StoredEntry[]): void {
    const waiting = new Set(entries.map(({ key }) => key));
    for (const key of own.keys()) if (!waiting.has(key) && !adding.has(key)) own.delete(key);
  }

  function reject(refused: Undelivered): void {
    rejected = [...rejected, refused].slice(-maxEntries);
    // An error of the application's is not the queue's.
    if (onRejected !== undefined) queueMicrotask(() => onRejected(refused));
  }

  /** Delivers in the background, until nothing waits. */
  function start(): void {
    isNeeded = true;
    background ??= deliverInBackground().finally(() => (background = undefined));
  }

  async function deliverInBackground(): Promise<void> {
    for (let failures = 0; isNeeded && !isClosed;) {
      isNeeded = false;
      const [failed] = await deliver().catch(toFailures);
      if (failed === undefined) continue;
      failures += 1;
      const asked = Math.min(failed.error.retryAfterMs ?? 0, MAX_PATIENCE_MS);
      const patience = Math.max(asked, backoff(failures, clock.random));
      pause = new AbortController();
      await clock.wait(patience, pause.signal).catch(() => undefined);
      isNeeded = true;
    }
  }

  /** Sends what this page has not delivered in requests that outlive it. What is stored is sent again, under the same key. */
  function sendOnHide(isPersistent: boolean): void {
    let characters = 0;
    for (const [key, entry] of mayOvertake(own, isPersistent)) {
      const size = JSON.stringify(entry).length;
      if (characters + size > MAX_HIDE_CHARACTERS) continue;
      characters += size;
      const sent = submitter.submit(entry, { idempotencyKey: key, keepalive: true });
      sent.catch(() => undefined);
    }
  }

  let current: QueueStorage | undefined;
  const wake = (): void => {
    pause.abort();
    start();
  };
  const stopListening = listenToPage({ hide: () => sendOnHide(current?.isPersistent === true), wake });
  // What an earlier visit has left.
  void storage().then(
    (found) => {
      current = found;
      start();
    },
    () => undefined,
  );

  async function flush(): Promise<void> {
    // Also what has just been added, by somebody who does not wait for that.
    await Promise.allSettled(adding.values());
    const failed = await deliver();
    const waiting = await (await storage()).list();
    const errors = new Map(failed.map(({ key, error }) => [key, error]));
    const [first] = failed;
    const undelivered = [...rejected];
    rejected = [];
    for (const { key, entry } of waiting) {
      const error = errors.get(key) ?? first?.error;
      // What was added after the run is none of this flush.
      if (error !== undefined) undelivered.push({ entry, error, isRetained: true });
    }
    if (undelivered.length > 0) throw new UndeliveredError(undelivered);
  }

  async function closeAfterFlush(): Promise<void> {
    isClosed = true;
    pause.abort();
    stopListening();
    try {
      await flush();
    } finally {
      (await storage()).close();
    }
  }

  return {
    flush,
    add: async (entry) => {
      if (isClosed) throw new TypeError('The queue is closed');
      const key = randomKey();
      // Without anything to tell it by, it could be stored twice once the server has forgotten the key.
      const isKnown = entry.external_id !== undefined || entry.interaction_id !== undefined;
      // As it is now, whatever becomes of the object. What is no JSON fails here, and not in the way of all others.
      const copy = JSON.parse(JSON.stringify(isKnown ? entry : { ...entry, external_id: key })) as Submission;
      own.set(key, copy);
      const added = storage().then((found) => found.add({ key, entry: copy }, maxEntries));
      adding.set(key, added);
      try {
        if (!(await added)) throw new QueueFullError(maxEntries);
      } catch (error) {
        own.delete(key);
        throw error;
      } finally {
        adding.delete(key);
      }
      start();
    },
    size: async () => (await (await storage()).list()).length,
    isPersistent: async () => (await storage()).isPersistent,
    close: () => (closing ??= closeAfterFlush()),
  };
}

/** A server that fails over one entry may take the next; one that is away takes none. */
function mayTakeOthers({ status }: FeedbackGraphError): boolean {
  return status !== undefined && status >= 400 && status <= 500 && ![401, 408, 429].includes(status);
}

/** What entries are about that change one another. */
function subjectOf({ key, entry }: QueuedEntry): string {
  return JSON.stringify([entry.user_id, entry.external_id ?? entry.interaction_id ?? key]);
}

/**
 * Which entries may be sent side by side. Of several about the same thing, none, if they are sent in order on the next
 * visit, and the last one if there is no next visit for them.
 */
function mayOvertake(own: ReadonlyMap<string, Submission>, isPersistent: boolean): [string, Submission][] {
  const bySubject = new Map<string, [string, Submission][]>();
  for (const [key, entry] of own) {
    const subject = subjectOf({ key, entry });
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), [key, entry]]);
  }
  return [...bySubject.values()].flatMap((entries) => (isPersistent && entries.length > 1 ? [] : entries.slice(-1)));
}

/** A storage that fails is tried again like a server that does. */
function toFailures(cause: unknown): Pick<Failure, 'error'>[] {
  return [{ error: new FeedbackGraphError('The queue cannot be read', { code: 'CONNECTION_FAILED', cause }) }];
}
