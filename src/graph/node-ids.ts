/** The types of nodes, by the names that the schema has for them. */
export type NodeKind = 'Feedback' | 'Adapter' | 'TrainingBatch';

/**
 * What kind of node an id names. No adapter has an id with one of the prefixes (spec, "Notes that decide"), so an id
 * names one node at most.
 */
export function nodeKind(id: string): NodeKind {
  if (id.startsWith('feedback-')) return 'Feedback';
  return id.startsWith('batch-') ? 'TrainingBatch' : 'Adapter';
}
