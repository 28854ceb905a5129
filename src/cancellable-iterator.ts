/**
 * An iteration that can be ended while somebody waits for its next item: `return()` of a generator function would wait
 * with them.
 * @param end is called once, when the iteration is ended early.
 */
export function cancellableIterator<T>(
  next: () => Promise<IteratorResult<T, void>>,
  end: () => Promise<unknown>,
): AsyncGenerator<T, void> {
  let ended: Promise<unknown> | undefined;
  const iterator: Omit<AsyncGenerator<T, void>, typeof Symbol.asyncIterator> = {
    next,
    return: async () => {
      await (ended ??= end());
      return { done: true, value: undefined };
    },
    throw: async (error: unknown) => {
      await (ended ??= end());
      throw error;
    },
  };
  const generator: AsyncGenerator<T, void> = { ...iterator, [Symbol.asyncIterator]: () => generator };
  return generator;
}
