import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { EXPORT_FORMATS, type ExportFormat } from '../../training/export/formats.js';
import { MAX_FORECAST_ENTRIES } from '../../training/forecast.js';
import { TrainingAdvice } from './training-report.js';

/** As the format is called everywhere else, in capitals with underscores. */
const nameOf = (format: ExportFormat): string => format.toUpperCase().replaceAll('-', '_');

export const TrainingFormatEnum: Readonly<Record<string, ExportFormat>> = Object.fromEntries(
  EXPORT_FORMATS.map((format) => [nameOf(format), format]),
);
registerEnumType(TrainingFormatEnum, {
  name: 'TrainingFormat',
  description: 'A format in which a trainer loads rows.',
  valuesConfig: Object.fromEntries(
    EXPORT_FORMATS.map((format) => [nameOf(format), { description: `\`${format}\` of the REST API.` }]),
  ),
});

@ObjectType({ simpleResolvers: true, description: 'The first rows of an export.' })
export class TrainingPreview {
  @Field(() => [String], { description: 'Rows as in the file: each one line of JSON.' })
  rows!: readonly string[];

  @Field(() => Boolean, { description: 'Whether the file has more rows.' })
  hasMore!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What a training batch would claim now, and what it would be good for.',
})
export class TrainingForecast {
  @Field(() => Int, {
    description: `Number of entries that a claim would take, of which at most ${MAX_FORECAST_ENTRIES} are counted.`,
  })
  entries!: number;

  @Field(() => Int, { description: 'Number of them that would be held out of training.' })
  holdout!: number;

  @Field(() => Boolean, { description: 'Whether the claim would take more entries than are counted.' })
  truncated!: boolean;

  @Field(() => TrainingAdvice, { description: 'Suitability of those that would be used for training.' })
  advice!: TrainingAdvice;
}
