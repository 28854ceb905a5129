/** What a validation plugin is, what it is given, and what it answers. docs/validation-plugins.md tells it by example. */
import type { ChatMessage } from '../model/conversation.js';
import type { Finding } from '../model/feedback.js';
import type { Candidate } from '../model/preference.js';
import type { Submission, TextField } from '../model/submission.js';

/** From the best to the worst; the worst of several verdicts counts. */
export const VERDICT_STATUSES = ['approved', 'flagged', 'rejected'] as const;

export type VerdictStatus = (typeof VERDICT_STATUSES)[number];

/** A submission as the plugins see it: everything that the user sent, and the tenant. */
export interface PluginSubmission extends Submission {
  readonly organization: string;
  /** Of an entry that is stored already and validated again. */
  readonly id?: string;
}

/** What a plugin finds, kept with the entry: at most {@link MAX_DATA_BYTES} of JSON. Never a text that was replaced. */
export type PluginData = Readonly<Record<string, unknown>>;

/** UTF-8 bytes of the JSON of a plugin's data for one entry. */
export const MAX_DATA_BYTES = 4_096;

/** New texts for some of the fields. */
export type TextChanges = Partial<Readonly<Record<TextField, string>>> & {
  /** The same conversation with other texts: no message is added, removed or given another role. */
  readonly messages?: readonly ChatMessage[];
  /** The same candidates with other answers, in their order; what becomes of `answer` becomes of the preferred one, too. */
  readonly candidates?: readonly Pick<Candidate, 'answer'>[];
};

/** What makes two submissions the same, so that the later one can be flagged with the id of the first. */
export interface Fingerprint {
  /** A keyed hash ({@link PluginHost.hash}) of 16 to 64 characters of base64url: it becomes part of keys. */
  readonly value: string;
  /** An entry that is older than this, ms, is not the same any more. */
  readonly window: number;
}

/** What one plugin says of one submission. */
export interface PluginVerdict {
  /** `modify` accepts the submission with the texts of `changes` in place of its own. */
  readonly verdict: Exclude<Finding['verdict'], 'failed'>;
  /** One sentence each, for people: 1 to 20 of up to 500 characters with `flag` and `reject`, else left out. */
  readonly reasons?: readonly string[];
  /** How sure the plugin is of its verdict, 0 to 1. */
  readonly confidence?: number;
  readonly data?: PluginData;
  readonly changes?: TextChanges;
  /** Looked for and kept in the same commit that stores the entry: of two that come at once the second is flagged. */
  readonly fingerprint?: Fingerprint;
}

/** A stored entry as plugins may look it up. */
export interface StoredSubmission extends Submission {
  readonly id: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** What a plugin may ask of what is stored; never across organizations. */
export interface FeedbackLookup {
  /**
   * The newest entries that are linked to an adapter, newest first.
   * @param limit 1 to 1000
   * @param before an id: only entries that are older than that one
   */
  ofAdapter(
    organization: string,
    adapterId: string,
    limit: number,
    before?: string,
  ): Promise<readonly StoredSubmission[]>;
  /** Those of up to 1000 ids that are there and not erased. */
  find(organization: string, ids: readonly string[]): Promise<readonly StoredSubmission[]>;
}

/** Who hears of new entries of an organization. */
export interface StoredListener {
  /** Whether it has heard of an entry already, which is then not read. */
  readonly isKnown: (id: string) => boolean;
  /** Called with one entry after the other. */
  readonly onStored: (entry: StoredSubmission) => Promise<void>;
  /** Called when it hears of nothing any more. */
  readonly onEnd: () => void;
}

/** What a plugin is handed by the server that it runs in. */
export interface PluginHost {
  readonly lookup: FeedbackLookup;
  /**
   * Tells of the entries that any server of the store stores from now on, about a second later: `onStored` of a plugin hears of
   * those of its own server alone. For plugins that come with the server; absent where no other server can use the store.
   * @returns what ends it
   */
  readonly followStored?: (organization: string, listener: StoredListener) => Promise<() => void>;
  /** A keyed hash of a text, of 22 characters of base64url; the key belongs to the store. */
  readonly hash: (organization: string, text: string) => Promise<string> | string;
}

/** A JSON Schema (draft-07) of the plugin's config. */
export type ConfigSchema = object;

/**
 * A plugin validates submissions. Everything but `name` and `validate` may be left out. One plugin is one object for the
 * life of the server.
 */
export interface ValidationPlugin {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  /** What its config must be; without one it takes no config. Defaults of the schema are filled in. */
  readonly configSchema?: ConfigSchema;
  /** Validates what is stored already: nobody waits for it, and until it has answered the entry is `pending`. */
  readonly asynchronous?: boolean;
  /**
   * Called once, before anything else, with the config that was checked.
   * @throws {Error} if it cannot work with it: the server then does not start, and says the error's message.
   */
  initialize?(config: Readonly<Record<string, unknown>>, host: PluginHost): Promise<void> | void;
  /**
   * @param signal is aborted when the time limit is over: nobody waits for the answer any more. Perhaps never, where the
   * function declares no second parameter.
   */
  validate(submission: PluginSubmission, signal: AbortSignal): Promise<PluginVerdict> | PluginVerdict;
  /** Told of each entry once it is on disk, with the texts that were stored. Nobody waits for it. */
  onStored?(id: string, submission: PluginSubmission): Promise<void> | void;
  /** Numbers and words of its own, shown among the statistics. */
  statistics?(): Promise<PluginData> | PluginData;
  /** Called once, when the server stops. */
  shutdown?(): Promise<void> | void;
}

/** What everything that is configured says of one submission. */
export interface Verdict {
  readonly status: VerdictStatus;
  /** One sentence each, for people; empty where approved. */
  readonly reasons: readonly string[];
  readonly changes?: TextChanges;
  readonly findings?: readonly Finding[];
  readonly fingerprint?: Fingerprint;
  /** There are plugins that validate later; until then this is what is known. */
  readonly unfinished?: boolean;
  /** A plugin had no verdict. */
  readonly failed?: boolean;
}

/** Validates one submission of an organization by everything that is configured. Never rejects. */
export type Validate = (
  submission: Submission,
  organization: string,
  /** Of an entry that is stored already; `all`: the asynchronous plugins are asked too. */
  stored?: { readonly id: string; readonly all: boolean },
) => Promise<Verdict>;

/** The worse of two. */
export function worseStatus(a: VerdictStatus, b: VerdictStatus): VerdictStatus {
  return VERDICT_STATUSES.indexOf(a) >= VERDICT_STATUSES.indexOf(b) ? a : b;
}
