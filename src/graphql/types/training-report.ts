import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Conflict, LengthAdvice, TaskAdvice, TrainingTask } from '../../training/advice.js';
import type { Split } from '../../training/batch.js';
import type { DropReason } from '../../training/export/formats.js';
import { SplitEnum } from './training.js';

const TrainingTaskEnum = { SFT: 'sft', DPO: 'dpo', KTO: 'kto' } as const satisfies Record<string, TrainingTask>;
registerEnumType(TrainingTaskEnum, {
  name: 'TrainingTask',
  description: 'A way of training.',
  valuesConfig: {
    SFT: { description: 'Supervised fine-tuning on good answers.' },
    DPO: { description: 'Direct preference optimization on pairs of answers.' },
    KTO: { description: 'Kahneman-Tversky optimization on judged answers.' },
  },
});

const DropReasonEnum = {
  POSITIVE_HAS_NO_REJECTED_ANSWER: 'positive_has_no_rejected_answer',
  NEGATIVE_WITHOUT_CORRECTION: 'negative_without_correction',
} as const satisfies Record<Uppercase<DropReason>, DropReason>;
registerEnumType(DropReasonEnum, {
  name: 'TrainingDropReason',
  description: 'Why a feedback makes no row.',
  valuesConfig: {
    POSITIVE_HAS_NO_REJECTED_ANSWER: { description: 'A pair needs a worse answer, which positive feedback has not.' },
    NEGATIVE_WITHOUT_CORRECTION: { description: 'A bad answer is never taught, and no better one is known.' },
  },
});

const TextEnum = { QUESTION: 'question', ANSWER: 'answer', CORRECTION: 'correction' } as const;
registerEnumType(TextEnum, {
  name: 'TrainingText',
  description: 'A text of a feedback.',
  valuesConfig: {
    QUESTION: { description: 'The question.' },
    ANSWER: { description: 'The answer of the model.' },
    CORRECTION: { description: 'The correct answer.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'How much feedback makes no row for one reason.' })
export class TrainingDrop {
  @Field(() => DropReasonEnum, { description: 'The reason.' })
  reason!: DropReason;

  @Field(() => Int, { description: 'How much.' })
  count!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What one way of training gets out of a batch.' })
export class TrainingTaskAdvice {
  @Field(() => TrainingTaskEnum, { description: 'The way of training.' })
  task!: TrainingTask;

  @Field(() => Int, { description: 'Rows of an export, before near duplicates collapse.' })
  rows!: number;

  @Field(() => Int, { description: 'Rows that say the same as one before them.' })
  exactDuplicates!: number;

  @Field(() => [TrainingDrop], { description: 'What makes no row, by the reason.' })
  dropped!: TaskAdvice['dropped'];
}

@ObjectType({ simpleResolvers: true, description: 'How long the texts of one kind are, in characters.' })
export class TrainingLengths {
  @Field(() => TextEnum, { description: 'Which texts.' })
  text!: LengthAdvice['text'];

  @Field(() => Int, { description: 'How many there are.' })
  count!: number;

  @Field(() => Int, { description: 'The shortest.' })
  shortest!: number;

  @Field(() => Int, { description: 'Half of them are not longer.' })
  median!: number;

  @Field(() => Int, { description: '95 of 100 are not longer.' })
  p95!: number;

  @Field(() => Int, { description: 'The longest.' })
  longest!: number;

  @Field(() => Float, { description: 'The mean.' })
  mean!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A question whose answers were judged both ways.' })
export class TrainingConflict {
  @Field(() => String, { description: 'The question.' })
  question!: string;

  @Field(() => ID, { description: 'The id of a positive feedback.' })
  positiveId!: string;

  @Field(() => ID, { description: 'The id of a negative feedback.' })
  negativeId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'Weights of examples for Kahneman-Tversky optimization.' })
export class TrainingKtoWeights {
  @Field(() => Float, { description: '`desirable_weight` of TRL.' })
  desirable!: number;

  @Field(() => Float, { description: '`undesirable_weight` of TRL.' })
  undesirable!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What a part of a training batch is good for.' })
export class TrainingAdvice {
  @Field(() => Int, { description: 'All feedback of the part, erased ones included.' })
  entries!: number;

  @Field(() => Int, { description: 'Positive feedback.' })
  positive!: number;

  @Field(() => Int, { description: 'Negative feedback.' })
  negative!: number;

  @Field(() => Int, { description: 'Negative feedback with a correction.' })
  corrected!: number;

  @Field(() => Int, { description: 'What was erased since it was claimed.' })
  erased!: number;

  @Field(() => TrainingKtoWeights, {
    nullable: true,
    description: 'Makes desirable to undesirable examples 1 to 1.33, as TRL asks for. Null where one kind is missing.',
  })
  ktoWeights?: TrainingKtoWeights;

  @Field(() => [TrainingTaskAdvice], { description: 'What each way of training gets.' })
  tasks!: readonly TaskAdvice[];

  @Field(() => [TrainingLengths], { description: 'How long the texts are.' })
  lengths!: readonly LengthAdvice[];

  @Field(() => Int, { description: 'How many questions have opposite verdicts.' })
  conflictCount!: number;

  @Field(() => [TrainingConflict], { description: 'The first 20 of them.' })
  conflicts!: readonly Conflict[];
}

@ObjectType({ simpleResolvers: true, description: 'How answers to some questions were judged.' })
export class TrainingVerdicts {
  @Field(() => Int, { description: 'Positive feedback.' })
  positive!: number;

  @Field(() => Int, { description: 'Negative feedback.' })
  negative!: number;

  @Field(() => Float, { nullable: true, description: 'The share of positive feedback; null where there is none.' })
  positiveRatio!: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'Before and after, on the questions of one part of a batch.' })
export class TrainingSplitOutcome {
  @Field(() => SplitEnum, { description: 'The part.' })
  split!: Split;

  @Field(() => Int, { description: 'How many different questions it has.' })
  questions!: number;

  @Field(() => TrainingVerdicts, {
    description: 'On answers of what the adapter was derived from; on all of the batch where that is not known.',
  })
  before!: TrainingVerdicts;

  @Field(() => TrainingVerdicts, { description: 'On answers of the adapter that was made, since the commit.' })
  after!: TrainingVerdicts;
}

@ObjectType({
  simpleResolvers: true,
  description: 'How the adapter that was made of a training batch does on its questions, against its parent.',
})
export class TrainingOutcome {
  @Field(() => [TrainingSplitOutcome], { description: 'On what was trained on, and on what was held out of it.' })
  splits!: readonly TrainingSplitOutcome[];

  @Field(() => Boolean, { description: 'Whether only the latest 10,000 feedback on one of the two was looked at.' })
  truncated!: boolean;
}
