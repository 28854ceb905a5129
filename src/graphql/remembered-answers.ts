/**
 * What was answered before is answered again for as long as nothing that it was made of has changed: lists that many
 * people look at, and entries that are read often. The store tells whether that is so, so nobody ever sees an old answer.
 */
import { type ExecutionResult, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { oncePer } from '../once-per.js';
import type { Principal } from '../principal.js';
import type { TrackedRead, Store } from '../store/contract.js';
import { answerBody } from './answer-body.js';
import type { RequestContext, Services } from './context.js';
import type { ExecuteOperation } from './execution.js';
import { createLoaders } from './loaders.js';

const { QUERY } = OperationTypeNode;

/** Characters of variables; what is asked with longer ones is not remembered. */
const LONGEST_VARIABLES = 4_096;

/** Characters of questions that were asked lately and are not remembered. */
const WAITING_CHARACTERS = 4 * 1024 * 1024;

/** Bytes of memory for each character of an answer's text, with the objects that it is made of, about. */
const BYTES_PER_CHARACTER = 4;

/** No answer takes more than this share of the memory. */
const LARGEST_SHARE = 1 / 8;

/** An answer that never lasts is tried again after so many times at the latest. */
const MOST_SKIPPED = 63;

interface RememberedAnswer {
  readonly result: ExecutionResult;
  readonly reads: Reads;
  used: boolean;
}

/** A question that has no remembered answer. */
interface Waiting {
  /** How often it is still answered without its answer being remembered, and how often that was so the last time. */
  readonly skips: number;
  readonly skipped: number;
}

const ASKED_ONCE: Waiting = { skips: 0, skipped: 0 };

/**
 * Remembers the answers of queries that come again, by who asks. An answer is remembered if it was made of what the
 * store holds and nothing else: not of the time, of a plugin, or of how often something was asked.
 * @param bytes about how much memory the answers may take; 0 for none
 */
export function rememberAnswers(execute: ExecuteOperation, bytes: number): ExecuteOperation {
  if (bytes === 0) return execute;
  let operations = 0;
  const nameOf = oncePer((_operation: object) => String((operations += 1)));
  const waiting = new LRUCache<string, Waiting>({
    maxSize: WAITING_CHARACTERS,
    sizeCalculation: (_, key) => key.length,
  });
  const answers = new LRUCache<string, RememberedAnswer>({
    maxSize: bytes,
    maxEntrySize: Math.ceil(bytes * LARGEST_SHARE),
    sizeCalculation: ({ result, reads }, key) =>
      key.length + BYTES_PER_CHARACTER * answerBody(result).length + reads.bytes(),
  });

  /** Counts one more asking of a question that has no answer, and tells whether to remember the one that it gets now. */
  const isWorthIt = (key: string): boolean => {
    const asked = waiting.get(key);
    if (asked === undefined || asked.skips > 0) {
      waiting.set(key, asked === undefined ? ASKED_ONCE : { ...asked, skips: asked.skips - 1 });
      return false;
    }
    return true;
  };

  /** What changes faster than it is asked for is not worth the work of remembering it. */
  const forget = (key: string, { used }: RememberedAnswer): void => {
    answers.delete(key);
    const skips = used ? 0 : Math.min(MOST_SKIPPED, 2 * (waiting.get(key)?.skipped ?? 0) + 1);
    waiting.set(key, { skips, skipped: skips });
  };

  return async (operation, variables, context) => {
    if (operation.operation.operation !== QUERY) return execute(operation, variables, context);
    const asked = textOf(variables);
    if (asked === undefined) return execute(operation, variables, context);
    const key = `${nameOf(operation)} ${readerOf(context.principal)} ${asked}`;
    const known = answers.get(key);
    if (known?.reads.hold() === true) {
      known.used = true;
      return known.result;
    }
    if (known !== undefined) forget(key, known);
    if (!isWorthIt(key)) return execute(operation, variables, context);
    const watched = watch(context);
    const result = await execute(operation, variables, watched.context);
    if (result.errors === undefined && watched.isRepeatable()) {
      answers.set(key, { result, reads: watched.reads, used: false });
    }
    return result;
  };
}

/** The variables as text, or undefined if they are long, or nested too deeply to be written. */
function textOf(variables: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const text = JSON.stringify(variables);
    return text.length > LONGEST_VARIABLES ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Everything about who asks that an answer can depend on. */
const readerOf = oncePer(({ org, sub, roles }: Principal) => JSON.stringify([org, sub, [...roles].sort()]));

/** All that an answer was made of. */
interface Reads {
  readonly hold: () => boolean;
  /** About how much memory is held for that. */
  readonly bytes: () => number;
}

/** The same context, and what became of its reads. */
function watch(context: RequestContext): {
  readonly context: RequestContext;
  /** Whether the answer was made of what the store holds alone. */
  readonly isRepeatable: () => boolean;
  readonly reads: Reads;
} {
  let repeatable = true;
  const spoil = (): void => {
    repeatable = false;
  };
  const tracked: TrackedRead<unknown>[] = [];
  const readTracked: Store['readTracked'] = async (work) => {
    try {
      const read = await context.services.store.readTracked(work);
      tracked.push(read);
      return read;
    } catch (error) {
      spoil();
      throw error;
    }
  };
  const store = allBut<Store>(
    context.services.store,
    { readTracked, read: async (work) => (await readTracked(work)).answer },
    spoil,
  );
  const services = allBut<Services>(context.services, { store, hashUser: context.services.hashUser }, spoil);
  return {
    context: {
      ...context,
      services,
      loaders: createLoaders(store, context.actor.org, context.budget),
      notRepeatable: spoil,
    },
    isRepeatable: () => repeatable,
    reads: {
      hold: () => tracked.every(({ isCurrent }) => isCurrent()),
      bytes: () => tracked.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  };
}

/** The same object with some of it replaced; whoever uses anything else of it, now or later, is told of. */
function allBut<T extends object>(target: T, replaced: Partial<T>, onUse: () => void): T {
  return new Proxy(target, {
    get: (_, name) => {
      if (name in replaced) return Reflect.get(replaced, name) as unknown;
      onUse();
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
