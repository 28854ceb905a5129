import { FIELDS, type RestName } from '../model/feedback-fields.js';

/** What a row says of an entry beside what its user says. */
const STATE_FIELDS = [
  'id',
  'organization',
  'created_at',
  'validation_status',
  'validation_reasons',
  'used_for_training',
  'training_batch_id',
  'links',
] as const;

export type ImportField = RestName | (typeof STATE_FIELDS)[number];

/** Every field that an import reads; others are ignored. */
export const IMPORT_FIELDS = [...FIELDS.map(({ rest }) => rest), ...STATE_FIELDS];

export function isImportField(name: string): name is ImportField {
  return (IMPORT_FIELDS as readonly string[]).includes(name);
}

/** Whether a column can be mapped to it: a field, or one value in a field that holds several, such as `scores.rating`. */
export function isMappingTarget(name: string): boolean {
  return isImportField(name) || /^(?:scores|metadata)\.[^.]+$/.test(name);
}
