/**
 * The token that a page sends, kept for the session of the tab only. It may come in the fragment of the URL
 * (`#token=…`), which browsers send to nobody; it is taken out of the address bar at once.
 */
const KEY = 'feedback-graph-token';

/** Answers whether the address has named a token. */
export function takeTokenFromFragment(): boolean {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return false;
  history.replaceState(null, '', location.pathname + location.search);
  saveToken(token);
  return true;
}

export function readToken(): string {
  return sessionStorage.getItem(KEY) ?? '';
}

export function saveToken(token: string): void {
  // People paste the header as often as the token.
  const bare = token.trim().replace(/^(?:Authorization:\s*)?Bearer\s+/i, '');
  if (bare === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, bare);
}
