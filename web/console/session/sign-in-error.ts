/** Why a sign-in does not succeed. The console has a sentence for each reason in each language; these are the English ones. */

/** What the page itself finds; the server has more (src/http/openid/problem.ts), with sentences of its own. */
const SENTENCES = {
  insecure: 'Signing in needs a page over HTTPS; open this server by its https address',
  network: 'This server cannot be reached now; try again in a few seconds',
  not_begun: 'This sign-in was not begun in this tab, or was already finished; sign in again',
  state: 'The answer of the sign-in service does not belong to the sign-in that was begun here; sign in again',
  issuer: 'Another sign-in service answered than the one that was asked; sign in again',
  nonce: 'The ID token does not belong to the sign-in that was begun here; sign in again',
  refused: 'The sign-in was cancelled, or you may not use this application',
  interaction: 'The sign-in service needs you to sign in anew; sign in again',
  client: 'The sign-in service does not accept this server as its client; tell the operator of this server',
  unreachable: 'The sign-in service cannot be reached now; try again in a few seconds',
  invalid_answer: 'The sign-in service gave an answer that is not OpenID Connect; tell the operator of this server',
  user: 'The sign-in service renewed the session of somebody else; sign in again',
  expired: 'Your session has ended; sign in again',
  limit: 'Too many sign-ins from your network; try again in a minute',
  server: 'This server could not sign you in; tell its operator',
} as const;

export type PageReason = keyof typeof SENTENCES;

export class SignInError extends Error {
  override readonly name = 'SignInError';

  constructor(
    /** One of ours, or one of the server's. */
    readonly reason: string,
    sentence?: string,
    options?: ErrorOptions,
  ) {
    super(sentence ?? (isPageReason(reason) ? SENTENCES[reason] : SENTENCES.server), options);
  }

  /** Whether the same may succeed later without anybody doing anything. */
  get isTemporary(): boolean {
    return TEMPORARY.has(this.reason);
  }
}

const TEMPORARY: ReadonlySet<string> = new Set(['network', 'unreachable', 'busy', 'limit', 'invalid_answer', 'client']);

function isPageReason(reason: string): reason is PageReason {
  return Object.hasOwn(SENTENCES, reason);
}
