/** What the address of an entry says: the tab, and which two versions are compared. */
import { choice, integer, searchCodec } from '../../router/search-codec.js';

export const TABS = ['conversation', 'versions', 'audit', 'adapters'] as const;
export type TabName = (typeof TABS)[number];

export interface EntrySearch {
  readonly tab: TabName;
  /** 0 for the version before `to`. */
  readonly from: number;
  /** 0 for the newest version. */
  readonly to: number;
}

export const entryCodec = searchCodec<EntrySearch>({
  tab: choice(TABS, 'conversation'),
  from: integer(0),
  to: integer(0),
});

/** The two versions that are compared, the older one first. */
export function comparedVersions({ from, to }: Pick<EntrySearch, 'from' | 'to'>, newest: number): [number, number] {
  const within = (version: number): number => Math.max(1, Math.min(newest, version));
  const second = to === 0 ? newest : within(to);
  const first = from === 0 ? within(second - 1) : within(from);
  return first <= second ? [first, second] : [second, first];
}
