/** Every field that an import reads; others are ignored. */
export const IMPORT_FIELDS = [
  'type',
  'question',
  'answer',
  'user_id',
  'interaction_id',
  'correction',
  'comment',
  'model_version',
  'adapter_id',
  'adapter_version',
  'external_id',
  'id',
  'organization',
  'created_at',
  'validation_status',
  'validation_reasons',
  'used_for_training',
  'training_batch_id',
  'links',
] as const;

export type ImportField = (typeof IMPORT_FIELDS)[number];

/** What the file calls a field, where it does not call it by our name; a dot goes into an object. */
export type FieldMapping = ReadonlyMap<ImportField, string>;

export function isImportField(name: string): name is ImportField {
  return (IMPORT_FIELDS as readonly string[]).includes(name);
}
