import type { DocumentedEntry } from '../feedback/documented-entry.js';
import { oncePer } from '../once-per.js';

/** Fastify names the type of what it serializes itself alone. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** An entry as JSON; made once for each that is read often. */
export const entryText = oncePer((entry: DocumentedEntry): string => JSON.stringify(entry));

/** A list of entries, with what is said beside them, as JSON. */
export function listText({ feedback, ...rest }: { readonly feedback: readonly DocumentedEntry[] }): string {
  const beside = JSON.stringify(rest).slice(1);
  return `{"feedback":[${feedback.map(entryText).join(',')}]${beside === '}' ? '' : ','}${beside}`;
}
