import type { Key } from '../store/contract.js';
import { escapeComponent, lastComponent } from '../store/keys.js';
import { EXPIRY_PREFIX, INDEX_BUILD_PREFIX, LEASE_PREFIX, PURGE_PREFIX } from '../store/layout.js';

/** Kinds of keys whose second component is no organization. */
const OF_THE_WHOLE_STORE = [EXPIRY_PREFIX, INDEX_BUILD_PREFIX, LEASE_PREFIX, PURGE_PREFIX];

/**
 * Tells the keys that a backup of one organization holds: its own, among them the secret that stands behind the users in
 * its keys, without which they would be found no more, and what says when some of them end.
 */
export function ownedBy(org: string): (key: Key) => boolean {
  const owner = `${escapeComponent(org)}:`;
  const owns = (key: Key): boolean => key.startsWith(owner, key.indexOf(':') + 1);
  return (key) => {
    if (key.startsWith(EXPIRY_PREFIX) || key.startsWith(LEASE_PREFIX)) return owns(lastComponent(key));
    return owns(key) && !OF_THE_WHOLE_STORE.some((kind) => key.startsWith(kind));
  };
}
