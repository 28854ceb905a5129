/** What the functions of the domain work on. Made once at start. */
import type { Actor } from './audit/events.js';
import type { KeyedHash } from './audit/keyed-hash.js';
import type { Feedback } from './model/feedback.js';
import type { EntryLimits } from './model/input.js';
import type { GivenSubmission } from './model/submission.js';
import type { Store } from './store/contract.js';
import type { Validate } from './validation/contract.js';

export interface DomainServices {
  readonly store: Store;
  readonly keyedHash: KeyedHash;
  /** Epoch ms. */
  readonly now: () => number;
  /** Tells this server from the others of the store; made anew at each start. Absent where no server runs. */
  readonly serverName?: string;
  /** Called with a bulk operation that is to be carried out from now on, once that is on disk. */
  readonly bulkOperation?: (org: string, id: string) => void;
  /** Called with a training batch whose change is to be carried out from now on, on behalf of whom, once its intent is on disk. */
  readonly trainingBatch?: (actor: Actor, number: number) => void;
  /** How long entries may be; the defaults if absent. */
  readonly entryLimits?: EntryLimits;
}

/** What stores entries that were validated, or validates them again. */
export interface ValidationServices extends DomainServices {
  readonly validate: Validate;
  /** Called with each new entry of an organization once it is on disk. */
  readonly stored?: (org: string, entry: Feedback) => void;
  /** Called with entries of an organization that are on disk as who submitted them judges from now on. */
  readonly judged?: (org: string, entries: readonly Feedback[]) => void;
  /** Called with the organization of an entry that is pending from now on. */
  readonly pending?: (org: string) => void;
  /** Whether each vote of a user on the same answer of an interaction is an entry of its own; see docs/api.md, "Change your mind". */
  readonly keepsVotes?: boolean;
  /** Whether what is submitted leaves an entry alone that was revised since it said the same, as rows of an import do. */
  readonly keepsRevised?: boolean;
  /** Makes the id of a new entry, where `now` is the time of a new one; unless given, an id holds the time at which it was made. */
  readonly newId?: (submission: GivenSubmission, now: number) => { readonly id: string; readonly createdAt: number };
}
