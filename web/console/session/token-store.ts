/** The beginning of the keys under which drafts and other work of a user are kept in this browser. */
export const OWN_PREFIX = 'feedback-graph:';

/** Forgets everything that a user has left in this browser. Theme and language stay. */
export function forgetOwnWork(): void {
  for (const storage of [sessionStorage, localStorage]) {
    for (const key of Object.keys(storage)) if (key.startsWith(OWN_PREFIX)) storage.removeItem(key);
  }
}
