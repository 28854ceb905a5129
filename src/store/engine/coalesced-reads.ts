import type { Key } from '../contract.js';
import type { Engine } from './engine.js';

/** Keys of one call up to which it shares a read with others: the others wait for all of it. */
const MAX_SHARED_KEYS = 16;

/** Keys that are read together at most: as many as the engine reads at a stretch. */
const MAX_KEYS_OF_READ = 128;

interface Call {
  readonly keys: readonly Key[];
  readonly resolve: (values: (Buffer | undefined)[]) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Reads together what is asked for by key in one turn of the event loop: a read costs ten times what another key in it does.
 * Reads keep their promise of the state at the moment of the call: what waits is read before a write begins.
 */
export function withCoalescedReads(engine: Engine): Engine {
  let waiting: Call[] = [];
  let waitingKeys = 0;

  const flush = (): void => {
    if (waiting.length === 0) return;
    const calls = waiting;
    waiting = [];
    waitingKeys = 0;
    void readTogether(engine, calls);
  };

  return {
    ...engine,
    getMany: (keys) => {
      if (keys.length > MAX_SHARED_KEYS) return engine.getMany(keys);
      if (waitingKeys + keys.length > MAX_KEYS_OF_READ) flush();
      if (waiting.length === 0) setImmediate(flush);
      waitingKeys += keys.length;
      return new Promise((resolve, reject) => {
        waiting.push({ keys, resolve, reject });
      });
    },
    write: (batch) => {
      flush();
      return engine.write(batch);
    },
  };
}

/** One call of the engine for all of these. */
async function readTogether(engine: Engine, calls: readonly Call[]): Promise<void> {
  const [first] = calls;
  try {
    const keys = calls.length === 1 && first !== undefined ? first.keys : calls.flatMap((call) => call.keys);
    const values = await engine.getMany(keys);
    let from = 0;
    for (const call of calls) {
      const end = from + call.keys.length;
      call.resolve(values.slice(from, end));
      from = end;
    }
  } catch (cause) {
    for (const call of calls) call.reject(cause);
  }
}
