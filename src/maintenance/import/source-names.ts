/** The systems whose files are understood, in the order in which they are tried: what recognizes least comes first. */
export const SOURCE_NAMES = [
  'open-webui',
  'langfuse',
  'phoenix',
  'argilla',
  'label-studio',
  'langsmith',
  'librechat',
  'hh-rlhf',
  'axolotl',
  'llama-factory',
  'trl',
] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

export function isSourceName(name: string | undefined): name is SourceName {
  return (SOURCE_NAMES as readonly (string | undefined)[]).includes(name);
}
