/** What a validation plugin is given, and what it answers. */

/** The worst of several verdicts counts: rejected over flagged over approved. */
export type VerdictStatus = 'approved' | 'flagged' | 'rejected';

export interface Verdict {
  readonly status: VerdictStatus;
  /** One sentence each, for people; empty where approved. */
  readonly reasons: readonly string[];
}

/** A submission as the plugins see it: everything that the user sent. */
export interface ValidatedSubmission {
  readonly type: 'positive' | 'negative';
  readonly question: string;
  readonly answer: string;
  readonly correction?: string;
  readonly comment?: string;
  readonly userId?: string;
  readonly interactionId?: string;
  readonly modelVersion?: string;
  readonly adapterId?: string;
  readonly adapterVersion?: string;
}

export interface ValidationPlugin {
  readonly name: string;
  validate(submission: ValidatedSubmission): Promise<Verdict> | Verdict;
}

/** Judges one submission by everything that is configured. */
export type Validate = (submission: ValidatedSubmission) => Promise<Verdict>;
