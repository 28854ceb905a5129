/**
 * The layout of keys: components joined by `:`, each with `%` and `:` percent-escaped, so that every id works and no
 * name collides with another kind. The organization is the second component of every key. The table of all keys is in
 * docs/storage.md.
 */
import type { Key, KeyRange } from './contract.js';

/** Escapes what separates components. Ids keep their byte order within a component only where they hold neither. */
export function escapeComponent(component: string): string {
  return component.includes('%') || component.includes(':')
    ? component.replaceAll('%', '%25').replaceAll(':', '%3A')
    : component;
}

export function unescapeComponent(component: string): string {
  return component.includes('%') ? component.replaceAll('%3A', ':').replaceAll('%25', '%') : component;
}

/** The key of these components. */
export function joinKey(...components: readonly string[]): Key {
  let key = '';
  let separator = '';
  for (const component of components) {
    key += separator + escapeComponent(component);
    separator = ':';
  }
  return key;
}

/** The components of a key, unescaped. */
export function splitKey(key: Key): string[] {
  return key.split(':').map(unescapeComponent);
}

/** The last component of a key, unescaped. */
export function lastComponent(key: Key): string {
  return unescapeComponent(key.slice(key.lastIndexOf(':') + 1));
}

/** What every key below these components starts with. */
export function keyPrefix(...components: readonly string[]): Key {
  return `${joinKey(...components)}:`;
}

/**
 * The end (excluded) of the range of keys that start with `prefix`, which must end in `:`. `;` is the next byte after
 * `:`, and no escaped component can hold either in front of it.
 */
export function prefixEnd(prefix: Key): Key {
  return `${prefix.slice(0, -1)};`;
}

/** Numbers in keys are padded so that byte order is number order. */
export function padNumber(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

/** The range of all keys that start with `prefix`, which must end in `:`. */
export function prefixRange(prefix: Key): KeyRange {
  return { gte: prefix, lt: prefixEnd(prefix) };
}
