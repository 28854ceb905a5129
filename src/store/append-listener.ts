import type { Key, Store, Transaction } from './contract.js';
import { decorateStore } from './decorated-store.js';

/**
 * The same store, which tells after each commit of this process under which prefixes it appended something. A commit
 * whose outcome is unknown, and one of another process, is not told of: it is for waking those who would look anyway.
 */
export function withAppendListener(store: Store, onAppend: (prefixes: ReadonlySet<Key>) => void): Store {
  return decorateStore(store, {
    transact: async (work) => {
      const prefixes = new Set<Key>();
      const answer = await store.transact((transaction) => {
        prefixes.clear();
        return work(notingAppends(transaction, prefixes));
      });
      if (prefixes.size > 0) onAppend(prefixes);
      return answer;
    },
  });
}

function notingAppends(transaction: Transaction, prefixes: Set<Key>): Transaction {
  return {
    get: (key) => transaction.get(key),
    getMany: (keys) => transaction.getMany(keys),
    scan: (range) => transaction.scan(range),
    scanKeys: (range) => transaction.scanKeys(range),
    counters: (keys) => transaction.counters(keys),
    nonZero: (keys) => transaction.nonZero(keys),
    peek: (keys) => transaction.peek(keys),
    put: (key, value) => transaction.put(key, value),
    delete: (key) => transaction.delete(key),
    add: (key, delta) => transaction.add(key, delta),
    stamp: (stream) => transaction.stamp(stream),
    append: (prefix, value) => {
      transaction.append(prefix, value);
      prefixes.add(prefix);
    },
  };
}
