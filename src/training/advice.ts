/** What a batch is good for: how it is balanced, and what each kind of training gets out of it. */
import { contentText, type Dialog, promptOf } from '../model/conversation.js';
import { promptKey } from '../model/prompt-key.js';
import type { Store } from '../store/contract.js';
import { startStretches } from '../yield-to-event-loop.js';
import type { AllocatedBatch, Split } from './batch.js';
import { countDrops, type DropReason, DROP_REASON_NAMES } from './export/drop-reasons.js';
import { correctionOf } from './export/export-text.js';
import { judgeBatch } from './export/judged-entries.js';
import { createDuplicateFinder } from './export/near-duplicates.js';
import { type EntrySource, pinnedEntries } from './export/pinned-entries.js';
import { TASKS, type TrainingTask } from './export/verdicts.js';

const FORMAT_OF = { sft: 'trl-sft', dpo: 'trl-dpo', kto: 'trl-kto' } as const;

export interface TaskAdvice {
  readonly task: TrainingTask;
  /** Rows of an export, before near duplicates collapse. */
  readonly rows: number;
  readonly exactDuplicates: number;
  /** Entries that are part of the row of a later one. */
  readonly paired: number;
  readonly dropped: readonly { readonly reason: DropReason; readonly count: number }[];
}

/** In characters. */
export interface LengthAdvice {
  readonly text: 'question' | 'answer' | 'correction';
  readonly count: number;
  readonly shortest: number;
  readonly median: number;
  /** 95 of 100 are not longer. */
  readonly p95: number;
  readonly longest: number;
  readonly mean: number;
}

/** A question with opposite verdicts. */
export interface Conflict {
  readonly question: string;
  readonly positiveId: string;
  readonly negativeId: string;
}

export interface KtoWeights {
  readonly desirable: number;
  readonly undesirable: number;
}

export interface Advice {
  readonly entries: number;
  readonly positive: number;
  readonly negative: number;
  readonly preferences: number;
  /** Negative ones with a correction. */
  readonly corrected: number;
  readonly erased: number;
  /** Absent where there are no positive or no negative entries. */
  readonly ktoWeights?: KtoWeights;
  readonly tasks: readonly TaskAdvice[];
  readonly lengths: readonly LengthAdvice[];
  readonly conflictCount: number;
  /** The first of them. */
  readonly conflicts: readonly Conflict[];
}

const SHOWN_CONFLICTS = 20;

/**
 * Reads all of a part of a batch, some entries at a time.
 * @throws {ApiError} CONFLICT if the batch is given back meanwhile
 */
export function batchAdvice(
  store: Pick<Store, 'read'>,
  org: string,
  batch: AllocatedBatch,
  split: Split,
): Promise<Advice> {
  return adviseOn(store, org, { source: () => pinnedEntries(store, org, batch), count: batch.feedbackCount, split });
}

export interface AdviceOptions {
  readonly source: EntrySource;
  /** About how many entries the source has. */
  readonly count: number;
  /** Which of them to look at; all count where entries are weighed against one another. */
  readonly split: Split;
}

/** Reads all entries of a part, some at a time. @throws what the source does */
export async function adviseOn(
  store: Pick<Store, 'read'>,
  org: string,
  { source, count, split }: AdviceOptions,
): Promise<Advice> {
  const stretches = startStretches();
  let entries = 0;
  let positive = 0;
  let negative = 0;
  let preferences = 0;
  let corrected = 0;
  let erased = 0;
  const tasks = TASKS.map((task) => ({
    task,
    finder: createDuplicateFinder(count, 1),
    rows: 0,
    exactDuplicates: 0,
    paired: 0,
    dropped: countDrops(),
  }));
  const lengths = { question: [] as number[], answer: [] as number[], correction: [] as number[] };
  const verdicts = new Map<string, { readonly id: string; readonly type: string; conflicts: boolean }>();
  const conflicts: Conflict[] = [];
  let conflictCount = 0;

  const judged = await judgeBatch(store, org, source, { split, pairSameQuestion: true, stretches });
  for await (const chunk of judged.entries()) {
    for (const entry of chunk) {
      const { feedback } = entry;
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      entries += 1;
      if (feedback === undefined) {
        erased += 1;
        continue;
      }
      const { id, type, question, answer, correction } = feedback;
      if (type === 'positive') positive += 1;
      else if (type === 'negative') negative += 1;
      else preferences += 1;
      if (correctionOf(feedback) !== undefined) corrected += 1;
      lengths.question.push(promptLength(feedback));
      lengths.answer.push(answer.length);
      if (correction !== undefined) lengths.correction.push(correction.length);
      for (const each of tasks) {
        const outcome = judged.outcomeOf(entry, feedback, FORMAT_OF[each.task], undefined);
        if (outcome === 'paired') each.paired += 1;
        else if (typeof outcome === 'string') each.dropped[outcome] += 1;
        else {
          for (const { texts, group, hasCorrection } of outcome) {
            if (each.finder.find(texts, group, hasCorrection) === undefined) each.rows += 1;
            else each.exactDuplicates += 1;
          }
        }
      }
      // It says neither that an answer is good nor that it is bad.
      if (type === 'preference') continue;
      const key = promptKey(feedback);
      const before = verdicts.get(key);
      if (before === undefined) verdicts.set(key, { id, type, conflicts: false });
      else if (before.type !== type && !before.conflicts) {
        before.conflicts = true;
        conflictCount += 1;
        if (conflicts.length < SHOWN_CONFLICTS) {
          const [positiveId, negativeId] = type === 'positive' ? [id, before.id] : [before.id, id];
          conflicts.push({ question, positiveId, negativeId });
        }
      }
    }
  }
  const ktoWeights = weightsForKto(positive, negative);
  return {
    entries,
    positive,
    negative,
    preferences,
    corrected,
    erased,
    ...(ktoWeights === undefined ? {} : { ktoWeights }),
    tasks: tasks.map(({ task, rows, exactDuplicates, paired, dropped }) => ({
      task,
      rows,
      exactDuplicates,
      paired,
      dropped: DROP_REASON_NAMES.flatMap((reason) =>
        dropped[reason] === 0 ? [] : [{ reason, count: dropped[reason] }],
      ),
    })),
    lengths: (['question', 'answer', 'correction'] as const).flatMap((text) => lengthsOf(text, lengths[text])),
    conflictCount,
    conflicts,
  };
}

/**
 * Weights that make desirable to undesirable examples 1 to 1.33, the range that TRL asks for ("KTO Trainer", Imbalanced
 * data); `undefined` where one kind is missing.
 */
export function weightsForKto(positive: number, negative: number): KtoWeights | undefined {
  if (positive === 0 || negative === 0) return undefined;
  const ratio = positive / negative;
  if (ratio >= 1 && ratio <= 4 / 3) return { desirable: 1, undesirable: 1 };
  // The middle of the range, so that rounding stays in it.
  const middle = 7 / 6;
  return ratio > 1
    ? { desirable: 1, undesirable: rounded(ratio / middle) }
    : { desirable: rounded(middle / ratio), undesirable: 1 };
}

/** Characters of all that the model was given, without a system prompt. */
function promptLength(dialog: Dialog): number {
  return promptOf(dialog).turns.reduce((sum, turn) => sum + contentText(turn).length, 0);
}

function rounded(weight: number): number {
  return Math.round(weight * 100) / 100;
}

function lengthsOf(text: LengthAdvice['text'], lengths: number[]): LengthAdvice[] {
  if (lengths.length === 0) return [];
  const sorted = lengths.sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? sorted[0] ?? 0;
  const mean = sorted.reduce((sum, each) => sum + each, 0) / sorted.length;
  return [
    {
      text,
      count: sorted.length,
      shortest: sorted[0] ?? 0,
      median: at(0.5),
      p95: at(0.95),
      longest: sorted.at(-1) ?? 0,
      mean: rounded(mean),
    },
  ];
}
