import type { DocumentedEntry } from '../feedback/documented-entry.js';

/** Fastify names the type of what it serializes itself alone. */
export const JSON_TYPE = 'application/json; charset=utf-8';

const texts = new WeakMap<DocumentedEntry, string>();

/** An entry as JSON; made once for each that is read often. */
export function entryText(entry: DocumentedEntry): string {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const text = JSON.stringify(entry);
  texts.set(entry, text);
  return text;
}

/** A list of entries, with what is said beside them, as JSON. */
export function listText({ feedback, ...rest }: { readonly feedback: readonly DocumentedEntry[] }): string {
  const beside = JSON.stringify(rest).slice(1);
  return `{"feedback":[${feedback.map(entryText).join(',')}]${beside === '}' ? '' : ','}${beside}`;
}
