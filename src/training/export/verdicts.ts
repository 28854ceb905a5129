/**
 * What the entries of a batch say together. Of one user the last word on an interaction counts, and on an answer; between
 * users the majority decides whether an answer is good. A correction is a vote for its text.
 */
import { hash } from 'node:crypto';
import type { Feedback } from '../../model/feedback.js';
import { normalizedText } from '../../model/normalized-text.js';
import { TIE } from '../../model/preference.js';
import { promptKey } from '../../model/prompt-key.js';
import type { Stretches } from '../../yield-to-event-loop.js';
import type { Split } from '../batch.js';
import { judgeOf } from '../user-counts.js';
import type { DropReason } from './drop-reasons.js';
import { correctionOf, exportText, isSameText, isVisible } from './export-text.js';

/** Supervised fine-tuning, direct preference optimization, Kahneman-Tversky optimization. */
export const TASKS = ['sft', 'dpo', 'kto'] as const;
export type TrainingTask = (typeof TASKS)[number];

/** A version of an entry. */
export interface EntryVersion {
  readonly id: string;
  readonly version: number;
}

export interface Verdicts {
  /** Why an entry is left out of a task, as far as what all entries say together decides; `undefined` where it is not. */
  readonly dropReason: (id: string, task: TrainingTask) => DropReason | undefined;
  /** The other answer to the same question, of an entry that makes a pair with an earlier one. */
  readonly pairedWith: (id: string) => EntryVersion | undefined;
  /** Whether an entry is part of the pair of a later one. */
  readonly isPaired: (id: string) => boolean;
  /** The places of the candidates that the preferred one is better than, of a preference, as far as others agree. */
  readonly rejectedBy: (id: string) => readonly number[];
}

export interface VerdictCounter {
  /** Entries in the order of ids, each once. */
  readonly add: (entry: EntryVersion & { readonly split: Split }, feedback: Feedback) => void;
  /** @param pair whether a good and a bad answer to the same question make a pair */
  readonly finish: (pair: boolean, stretches: Stretches) => Promise<Verdicts>;
}

interface Votes {
  good: number;
  bad: number;
}

/** All texts that differ at most in case and white space. */
interface Subject {
  readonly votesByText: Map<string, Votes>;
  /** Then case and white space make different texts. */
  hasCorrection: boolean;
}

interface Claim {
  readonly subject: Subject;
  readonly votes: Votes;
  readonly isGood: boolean;
}

interface Comparison {
  /** Of the candidate that lost. */
  readonly place: number;
  readonly claim: Claim;
}

interface Ballot extends EntryVersion {
  readonly split: Split;
  readonly at: number;
  readonly question: string;
  /** On the answer. */
  readonly answer?: Claim;
  /** On the correction, which the entry has. */
  readonly correction?: Claim;
  /** On each answer that a preference is against. */
  readonly comparisons?: readonly Comparison[];
  /** Whatever others say. */
  readonly reason?: DropReason;
  isSuperseded: boolean;
}

export function createVerdictCounter(): VerdictCounter {
  const ballots = new Map<string, Ballot>();
  const latest = new Map<string, Ballot>();
  const subjects = new Map<string, Subject>();
  const comparisons = new Map<string, Subject & { readonly votes: Votes }>();

  const enter = (ballot: Ballot, keys: readonly string[]): void => {
    ballots.set(ballot.id, ballot);
    for (const key of keys) {
      const before = latest.get(key);
      // Of two at once the later id counts.
      if (before !== undefined && before.at > ballot.at) ballot.isSuperseded = true;
      else {
        if (before !== undefined) before.isSuperseded = true;
        latest.set(key, ballot);
      }
    }
  };

  const claimOn = (question: string, text: string, isGood: boolean, isCorrection: boolean): Claim => {
    const key = keyOf('subject', question, normalizedText(text));
    const subject = subjects.get(key) ?? { votesByText: new Map<string, Votes>(), hasCorrection: false };
    subjects.set(key, subject);
    if (isCorrection) subject.hasCorrection = true;
    const exact = exactKey(text);
    const votes = subject.votesByText.get(exact) ?? { good: 0, bad: 0 };
    subject.votesByText.set(exact, votes);
    return { subject, votes, isGood };
  };

  /** That one answer is better than another, whichever of them is named first. */
  const claimOnOrder = (question: string, better: string, worse: string): Claim => {
    const [one, other] = [exactKey(better), exactKey(worse)];
    const isGood = one < other;
    const key = keyOf('comparison', question, ...(isGood ? [one, other] : [other, one]));
    const votes = { good: 0, bad: 0 };
    const subject = comparisons.get(key) ?? { votesByText: new Map([['', votes]]), hasCorrection: true, votes };
    comparisons.set(key, subject);
    return { subject, votes: subject.votes, isGood };
  };

  const preferenceBallot = (feedback: Feedback, question: string): Pick<Ballot, 'comparisons' | 'reason'> => {
    const { candidates = [], preferred } = feedback;
    if (preferred === TIE) return { reason: 'preference_tied' };
    if (!isVisible(feedback.question) || !isVisible(feedback.answer)) return { reason: 'blank_text' };
    const others = [...candidates.entries()].filter(([place, { answer }]) => place !== preferred && isVisible(answer));
    const worse = others.flatMap(([place, { answer }]) =>
      isSameText(answer, feedback.answer) ? [] : [{ place, claim: claimOnOrder(question, feedback.answer, answer) }],
    );
    if (worse.length > 0) return { comparisons: worse };
    return { reason: others.length === 0 ? 'blank_text' : 'answers_are_equal' };
  };

  return {
    add: ({ id, version, split }, feedback) => {
      const { createdAt: at, type, answer } = feedback;
      const question = promptKey(feedback);
      const common = { id, version, split, at, question, isSuperseded: false };
      if (type === 'preference') {
        enter({ ...common, ...preferenceBallot(feedback, question) }, preferenceKeys(feedback, question));
        return;
      }
      const correction = correctionOf(feedback);
      const reason = ownReason(feedback, correction);
      const isGood = type === 'positive';
      const ballot: Ballot = {
        ...common,
        ...(reason === undefined ? { answer: claimOn(question, answer, isGood, false) } : { reason }),
        ...(reason !== undefined || correction === undefined
          ? {}
          : { correction: claimOn(question, correction, true, true) }),
      };
      enter(ballot, ballotKeys(feedback, question));
    },
    finish: async (pair, stretches) => {
      latest.clear();
      for (const { isSuperseded, answer, correction, comparisons: compared = [] } of ballots.values()) {
        if (stretches.shouldYield()) await stretches.yieldToEventLoop();
        if (isSuperseded) continue;
        for (const claim of [answer, correction, ...compared.map((each) => each.claim)]) {
          if (claim !== undefined) claim.votes[claim.isGood ? 'good' : 'bad'] += 1;
        }
      }
      const dropReason: Verdicts['dropReason'] = (id, task) => {
        const ballot = ballots.get(id);
        return ballot && reasonOf(ballot, task);
      };
      const pairs = pair ? await pairBallots(ballots.values(), stretches) : new Map<string, EntryVersion>();
      const earlier = new Set([...pairs.values()].map(({ id }) => id));
      return {
        dropReason,
        pairedWith: (id) => pairs.get(id),
        isPaired: (id) => earlier.has(id),
        rejectedBy: (id) =>
          (ballots.get(id)?.comparisons ?? []).flatMap(({ place, claim }) =>
            lostVote(claim) === undefined ? [place] : [],
          ),
      };
    },
  };
}

function ownReason({ question, answer }: Feedback, correction: string | undefined): DropReason | undefined {
  if (!isVisible(question) || !isVisible(answer)) return 'blank_text';
  return correction !== undefined && isSameText(correction, answer) ? 'correction_equals_answer' : undefined;
}

function reasonOf(ballot: Ballot, task: TrainingTask): DropReason | undefined {
  const { isSuperseded, reason, answer, correction, comparisons } = ballot;
  if (isSuperseded) return 'superseded';
  if (reason !== undefined) return reason;
  if (comparisons !== undefined) {
    if (task !== 'dpo') return 'preference_is_no_verdict';
    const lost = comparisons.map(({ claim }) => lostVote(claim));
    return lost.every((each) => each !== undefined) ? lost[0] : undefined;
  }
  return lostVote(answer) ?? (task === 'kto' ? undefined : lostVote(correction));
}

function lostVote(claim: Claim | undefined): 'outvoted' | 'tied' | undefined {
  if (claim === undefined) return undefined;
  const { subject, isGood } = claim;
  const counted = subject.hasCorrection ? [claim.votes] : [...subject.votesByText.values()];
  const good = counted.reduce((sum, votes) => sum + votes.good, 0);
  const bad = counted.reduce((sum, votes) => sum + votes.bad, 0);
  if (good === bad) return 'tied';
  return good > bad === isGood ? undefined : 'outvoted';
}

/** By what an entry is a further word of the same user. Entries of nobody in particular are each somebody's. */
function ballotKeys(feedback: Feedback, question: string): string[] {
  const { userId, interactionId, answer } = feedback;
  return [
    ...(interactionId === undefined ? [] : [keyOf('interaction', judgeOf(feedback), interactionId)]),
    ...(userId === undefined ? [] : [keyOf('answer', userId, question, exactKey(answer))]),
  ];
}

/** As {@link ballotKeys}, of a preference: what its user says of one answer alone is no further word on several. */
function preferenceKeys(feedback: Feedback, question: string): string[] {
  const { userId, interactionId, candidates = [] } = feedback;
  const answers = candidates.map(({ answer }) => exactKey(answer)).sort();
  return [
    ...(interactionId === undefined ? [] : [keyOf('preference', judgeOf(feedback), interactionId)]),
    ...(userId === undefined ? [] : [keyOf('candidates', userId, question, ...answers)]),
  ];
}

/** Good answers and bad ones without a correction, to the same question: each in one pair at most, by its later entry. */
async function pairBallots(ballots: Iterable<Ballot>, stretches: Stretches): Promise<Map<string, EntryVersion>> {
  const byQuestion = new Map<string, { readonly good: Ballot[]; readonly bad: Ballot[] }>();
  for (const ballot of ballots) {
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    if (ballot.answer === undefined || ballot.correction !== undefined) continue;
    if (reasonOf(ballot, 'dpo') !== undefined) continue;
    const key = `${ballot.split} ${ballot.question}`;
    const sides = byQuestion.get(key) ?? { good: [], bad: [] };
    byQuestion.set(key, sides);
    sides[ballot.answer.isGood ? 'good' : 'bad'].push(ballot);
  }
  const pairs = new Map<string, EntryVersion>();
  for (const { good, bad } of byQuestion.values()) {
    for (const [index, one] of good.entries()) {
      const other = bad[index];
      if (other === undefined) break;
      const [earlier, later] = one.id < other.id ? [one, other] : [other, one];
      pairs.set(later.id, { id: earlier.id, version: earlier.version });
    }
  }
  return pairs;
}

function exactKey(text: string): string {
  return keyOf(exportText(text).normalize());
}

/** 128 bits: many are kept at once. */
function keyOf(...parts: readonly string[]): string {
  return hash('sha256', parts.length === 1 ? (parts[0] ?? '') : JSON.stringify(parts), 'buffer').toString(
    'latin1',
    0,
    16,
  );
}
