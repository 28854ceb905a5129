const WRITING: ReadonlySet<string> = new Set([
  'CREATE',
  'MERGE',
  'INSERT',
  'SET',
  'DELETE',
  'DETACH',
  'REMOVE',
  'FOREACH',
]);
const UNSUPPORTED: ReadonlySet<string> = new Set(['CALL', 'LOAD', 'DROP', 'USE', 'SHOW']);

/** What a user can do instead of a clause that writes, such as `use the REST API to add nodes`. */
export type SuggestAlternative = (clause: string) => string | undefined;

/** Why a clause that writes, or that only other databases have, is refused; `keyword` is in upper case. */
export function explainRefusal(
  keyword: string,
  suggestAlternative: SuggestAlternative | undefined,
): string | undefined {
  if (UNSUPPORTED.has(keyword)) {
    return `${keyword} is not supported: there are no procedures, files or schema commands`;
  }
  if (!WRITING.has(keyword)) return undefined;
  const alternative = suggestAlternative?.(keyword);
  return `${keyword} is not supported: queries are read-only${alternative === undefined ? '' : `; ${alternative}`}`;
}
