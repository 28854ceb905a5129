import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Conflict, LengthAdvice, TaskAdvice } from '../../training/advice.js';
import type { Split } from '../../training/batch.js';
import { DROP_REASONS, type DropReason } from '../../training/export/drop-reasons.js';
import type { TrainingTask } from '../../training/export/verdicts.js';
import { SplitEnum } from './training.js';

const TrainingTaskEnum = { SFT: 'sft', DPO: 'dpo', KTO: 'kto' } as const satisfies Record<string, TrainingTask>;
registerEnumType(TrainingTaskEnum, {
  name: 'TrainingTask',
  description: 'A training method.',
  valuesConfig: {
    SFT: { description: 'Supervised fine-tuning on good answers.' },
    DPO: { description: 'Direct preference optimization on pairs of answers.' },
    KTO: { description: 'Kahneman-Tversky optimization on judged answers.' },
  },
});

const DropReasonEnum = {
  BLANK_TEXT: 'blank_text',
  SUPERSEDED: 'superseded',
  CORRECTION_EQUALS_ANSWER: 'correction_equals_answer',
  OUTVOTED: 'outvoted',
  TIED: 'tied',
  POSITIVE_HAS_NO_REJECTED_ANSWER: 'positive_has_no_rejected_answer',
  ANSWERS_ARE_EQUAL: 'answers_are_equal',
  PREFERENCE_TIED: 'preference_tied',
  PREFERENCE_IS_NO_VERDICT: 'preference_is_no_verdict',
  NEGATIVE_WITHOUT_CORRECTION: 'negative_without_correction',
  CONVERSATION_NOT_SUPPORTED: 'conversation_not_supported',
} as const satisfies Record<Uppercase<DropReason>, DropReason>;
registerEnumType(DropReasonEnum, {
  name: 'TrainingDropReason',
  description: 'Why an entry produces no row.',
  valuesConfig: Object.fromEntries(
    Object.entries(DropReasonEnum).map(([name, reason]) => [name, { description: DROP_REASONS[reason] }]),
  ),
});

const TextEnum = { QUESTION: 'question', ANSWER: 'answer', CORRECTION: 'correction' } as const;
registerEnumType(TextEnum, {
  name: 'TrainingText',
  description: 'A kind of text in a feedback entry.',
  valuesConfig: {
    QUESTION: { description: 'The question.' },
    ANSWER: { description: "The model's answer." },
    CORRECTION: { description: 'The correct answer.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Number of entries that produce no row for one reason.' })
export class TrainingDrop {
  @Field(() => DropReasonEnum, { description: 'The reason.' })
  reason!: DropReason;

  @Field(() => Int, { description: 'Number of entries.' })
  count!: number;
}

@ObjectType({ simpleResolvers: true, description: 'The rows of a training batch that one training method can use.' })
export class TrainingTaskAdvice {
  @Field(() => TrainingTaskEnum, { description: 'The training method.' })
  task!: TrainingTask;

  @Field(() => Int, { description: 'Number of exported rows, before near-duplicates are collapsed.' })
  rows!: number;

  @Field(() => Int, { description: 'Number of rows identical to an earlier row.' })
  exactDuplicates!: number;

  @Field(() => Int, {
    description: 'Number of entries that share the row of a later entry, as the other answer to the same question.',
  })
  paired!: number;

  @Field(() => [TrainingDrop], { description: 'Number of entries that produce no row, by reason.' })
  dropped!: TaskAdvice['dropped'];
}

@ObjectType({ simpleResolvers: true, description: 'Lengths of one kind of text, in characters.' })
export class TrainingLengths {
  @Field(() => TextEnum, { description: 'Kind of text.' })
  text!: LengthAdvice['text'];

  @Field(() => Int, { description: 'Number of texts.' })
  count!: number;

  @Field(() => Int, { description: 'Length of the shortest text.' })
  shortest!: number;

  @Field(() => Int, { description: 'Median length.' })
  median!: number;

  @Field(() => Int, { description: '95th percentile of the lengths.' })
  p95!: number;

  @Field(() => Int, { description: 'Length of the longest text.' })
  longest!: number;

  @Field(() => Float, { description: 'Mean length.' })
  mean!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A question with both positive and negative judgements.' })
export class TrainingConflict {
  @Field(() => String, { description: 'The question.' })
  question!: string;

  @Field(() => ID, { description: 'Id of a positive entry.' })
  positiveId!: string;

  @Field(() => ID, { description: 'Id of a negative entry.' })
  negativeId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Example weights for Kahneman-Tversky optimization.' })
export class TrainingKtoWeights {
  @Field(() => Float, { description: "TRL's `desirable_weight`." })
  desirable!: number;

  @Field(() => Float, { description: "TRL's `undesirable_weight`." })
  undesirable!: number;
}

@ObjectType({ simpleResolvers: true, description: 'Suitability of one part of a training batch for training.' })
export class TrainingAdvice {
  @Field(() => Int, { description: 'Number of entries in this part, including erased ones.' })
  entries!: number;

  @Field(() => Int, { description: 'Number of positive entries.' })
  positive!: number;

  @Field(() => Int, { description: 'Number of negative entries.' })
  negative!: number;

  @Field(() => Int, { description: 'Number of preferences.' })
  preferences!: number;

  @Field(() => Int, { description: 'Number of negative entries with a correction.' })
  corrected!: number;

  @Field(() => Int, { description: 'Number of entries erased since they were claimed.' })
  erased!: number;

  @Field(() => TrainingKtoWeights, {
    nullable: true,
    description:
      'Weights that bring the ratio of desirable to undesirable examples into the range from 1 to 1.33, as TRL ' +
      'recommends. Null if there are no examples of one kind.',
  })
  ktoWeights?: TrainingKtoWeights;

  @Field(() => [TrainingTaskAdvice], { description: 'Usable rows for each training method.' })
  tasks!: readonly TaskAdvice[];

  @Field(() => [TrainingLengths], { description: 'Lengths of the texts.' })
  lengths!: readonly LengthAdvice[];

  @Field(() => Int, { description: 'Number of questions with contradictory judgements.' })
  conflictCount!: number;

  @Field(() => [TrainingConflict], { description: 'The first 20 contradictory questions.' })
  conflicts!: readonly Conflict[];
}

@ObjectType({ simpleResolvers: true, description: 'Judgements of the answers to a set of questions.' })
export class TrainingVerdicts {
  @Field(() => Int, { description: 'Number of positive entries.' })
  positive!: number;

  @Field(() => Int, { description: 'Number of negative entries.' })
  negative!: number;

  @Field(() => Float, { nullable: true, description: 'Share of positive entries. Null if there are no entries.' })
  positiveRatio!: number | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Judgements before and after training, on the questions in one part of a training batch.',
})
export class TrainingSplitOutcome {
  @Field(() => SplitEnum, { description: 'Part of the training batch.' })
  split!: Split;

  @Field(() => Int, { description: 'Number of distinct questions in this part.' })
  questions!: number;

  @Field(() => TrainingVerdicts, {
    description:
      "Judgements of answers from the adapter's parent, or of all answers in the training batch if the parent is " +
      'unknown.',
  })
  before!: TrainingVerdicts;

  @Field(() => TrainingVerdicts, { description: 'Judgements of answers from the produced adapter since the commit.' })
  after!: TrainingVerdicts;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "How the adapter produced from a training batch performs on the batch's questions compared with its parent.",
})
export class TrainingOutcome {
  @Field(() => [TrainingSplitOutcome], { description: 'Outcomes for the training and holdout parts.' })
  splits!: readonly TrainingSplitOutcome[];

  @Field(() => Boolean, { description: 'Whether only the latest 10,000 entries on either adapter were examined.' })
  truncated!: boolean;
}
