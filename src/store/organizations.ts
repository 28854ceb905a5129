import type { Key, Store } from './contract.js';
import { keyPrefix, prefixEnd, unescapeComponent } from './keys.js';

/** The organizations that have keys of a kind; those that have feedback unless another kind is given. */
export async function findOrganizations(store: Pick<Store, 'read'>, kind = 'help_feedback'): Promise<string[]> {
  const found: string[] = [];
  for await (const { component } of leapOrganizations(store, kind)) {
    if (component !== undefined) found.push(unescapeComponent(component));
  }
  return found;
}

export interface OrganizationKey {
  /** The first key of the organization, of this kind. */
  readonly key: Key;
  /** What stands for the organization in the key; absent in a damaged one that names none, which comes by itself. */
  readonly component: string | undefined;
}

/** One key of each organization among the keys of a kind, by leaps: its cost follows the number of organizations. */
export async function* leapOrganizations(
  store: Pick<Store, 'read'>,
  kind: string,
): AsyncGenerator<OrganizationKey, void> {
  const prefix = keyPrefix(kind);
  for (let from: Key = prefix; ;) {
    const gte = from;
    const [key] = await store.read((reader) => reader.scanKeys({ gte, lt: prefixEnd(prefix), limit: 1 }));
    if (key === undefined) return;
    const end = key.indexOf(':', prefix.length);
    const component = end < 0 ? undefined : key.slice(prefix.length, end);
    yield { key, component };
    from = component === undefined ? `${key}\0` : prefixEnd(`${prefix}${component}:`);
  }
}
