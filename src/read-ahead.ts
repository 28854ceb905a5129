/** Items of an iteration, each made while the one before it is used: at most one that nobody has asked for yet. */
export async function* readAhead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void> {
  const iterator = items[Symbol.asyncIterator]();
  const read = (): Promise<IteratorResult<Item>> => {
    const next = iterator.next();
    // A failure is met when the item is asked for, which may be later or never.
    next.catch(() => undefined);
    return next;
  };
  try {
    for (let next = read(); ;) {
      const item = await next;
      if (item.done === true) return;
      next = read();
      yield item.value;
    }
  } finally {
    await iterator.return?.();
  }
}
