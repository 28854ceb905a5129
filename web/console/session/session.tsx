import { createContext, useContext } from 'react';

/** Permissions by which the console shows or leaves out screens and controls; docs/security.md lists all. */
export type Permission =
  | 'feedback:read'
  | 'feedback:read:own'
  | 'feedback:revise:own'
  | 'feedback:link'
  | 'feedback:review'
  | 'feedback:erase'
  | 'adapters:read'
  | 'adapters:write'
  | 'training:read'
  | 'training:write'
  | 'graph:query'
  | 'audit:read'
  | 'tokens:issue'
  | 'org:admin'
  | 'server:operate';

/** Who is signed in, and what they may do. */
export interface Session {
  readonly userId: string;
  readonly organization: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** Whether the token has one of these permissions; a control that needs another is left out. */
  readonly can: (...anyOf: readonly Permission[]) => boolean;
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** Who is signed in; every screen is shown to somebody. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('A screen is shown without a session');
  return session;
}
