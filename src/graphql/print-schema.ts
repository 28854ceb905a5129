/** Writes schema/schema.graphql, and the fragment of schema/operations/ that selects every field of an entry. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { FIELDS } from '../model/feedback-fields.js';
import { createSchema } from './schema.js';

const STATE = [
  'validationStatus',
  'validationReasons',
  'usedForTraining',
  'trainingBatchId',
  'version',
  'createdAt',
  'updatedAt',
];

mkdirSync('schema/operations', { recursive: true });
writeFileSync('schema/schema.graphql', `${printSchema(createSchema())}\n`);
writeFileSync(
  'schema/operations/feedback-version.graphql',
  `# Printed from the table of fields by \`npm run schema\`.

fragment FeedbackVersionEntry on FeedbackVersion {
  ${[...FIELDS.map(({ name }) => name), ...STATE].join('\n  ')}
}
`,
);
