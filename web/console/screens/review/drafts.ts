/**
 * What a reviewer has entered for an entry and not saved yet, kept in this browser so that it survives a reload and a crash.
 * Signing out removes it, as its keys begin with `OWN_PREFIX`.
 */
import { OWN_PREFIX } from '../../session/token-store.js';
import type { ReviewEntryFragment } from './documents.generated.js';

export interface Draft {
  /** As typed; undefined as long as nobody has. */
  readonly correction?: string;
  /** Reasons of the list, in the order of the list. */
  readonly reasons: readonly string[];
  /** The reason in the reviewer's own words. */
  readonly note: string;
}

export const EMPTY_DRAFT: Draft = { reasons: [], note: '' };

export interface DraftStore {
  readonly read: (id: string) => Draft | undefined;
  /** Whether the browser keeps it: it may have no room. */
  readonly write: (id: string, draft: Draft) => boolean;
  /** Removes it from the browser; as long as the page stays, it can be restored. */
  readonly remove: (id: string) => void;
  /** Keeps again what was removed, as when its decision is undone. */
  readonly restore: (id: string) => void;
  /** The entries with drafts. */
  readonly ids: () => readonly string[];
}

/** How long a draft is kept, ms: a week. */
const KEPT_FOR = 7 * 24 * 60 * 60 * 1_000;

/** The drafts of one user. */
export function openDrafts(storage: Storage, userId: string): DraftStore {
  const prefix = `${OWN_PREFIX}review-draft:${encodeURIComponent(userId)}:`;
  /** What this page has seen: the browser may have no room. */
  const known = new Map<string, Draft>();
  const read: DraftStore['read'] = (id) => {
    const draft = known.get(id) ?? parse(storage.getItem(prefix + id))?.draft;
    if (draft !== undefined) known.set(id, draft);
    return draft;
  };
  const write: DraftStore['write'] = (id, draft) => {
    known.set(id, draft);
    try {
      storage.setItem(prefix + id, JSON.stringify({ at: Date.now(), draft }));
      return true;
    } catch {
      return false;
    }
  };
  return {
    read,
    write,
    remove: (id) => {
      read(id);
      storage.removeItem(prefix + id);
    },
    restore: (id) => {
      const draft = known.get(id);
      if (draft !== undefined) write(id, draft);
    },
    ids: () => {
      const keys = Object.keys(storage).filter((key) => key.startsWith(prefix));
      const oldest = Date.now() - KEPT_FOR;
      const kept = keys.filter((key) => (parse(storage.getItem(key))?.at ?? 0) > oldest);
      for (const key of keys) if (!kept.includes(key)) storage.removeItem(key);
      return kept.map((key) => key.slice(prefix.length));
    },
  };
}

function parse(text: string | null): { readonly at: number; readonly draft: Draft } | undefined {
  if (text === null) return undefined;
  try {
    const { at, draft } = fieldsOf(JSON.parse(text));
    const { correction, reasons, note } = fieldsOf(draft);
    if (typeof at !== 'number' || typeof note !== 'string' || !Array.isArray(reasons)) return undefined;
    return {
      at,
      draft: {
        ...(typeof correction === 'string' && { correction }),
        reasons: reasons.filter((reason) => typeof reason === 'string'),
        note,
      },
    };
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** What the editor of the correction shows. */
export function editedCorrection({ correction }: Draft, entry: ReviewEntryFragment): string {
  return correction ?? entry.correction ?? entry.answer;
}

/** The correction to save; undefined if there is nothing new in it. A review replaces a correction, but removes none. */
export function newCorrection(draft: Draft, entry: ReviewEntryFragment): string | undefined {
  const { correction } = draft;
  if (correction === undefined || correction.trim() === '') return undefined;
  return correction === (entry.correction ?? entry.answer) ? undefined : correction;
}

/** Whether the reviewer would lose something without the draft. */
export function isWorthKeeping(draft: Draft, entry: ReviewEntryFragment): boolean {
  return newCorrection(draft, entry) !== undefined || draft.reasons.length > 0 || draft.note.trim() !== '';
}
