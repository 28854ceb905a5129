/** What feedback entries, adapters and training batches have in common as nodes of one graph. */

/** The types of nodes, by the names that the schema has for them. */
export type NodeKind = 'Feedback' | 'Adapter' | 'TrainingBatch';

/**
 * The kind of node that an id names. Ids of adapters have none of the prefixes (docs/api.md, "Submit feedback"), so an
 * id names at most one node.
 */
export function nodeKind(id: string): NodeKind {
  if (id.startsWith('feedback-')) return 'Feedback';
  return id.startsWith('batch-') ? 'TrainingBatch' : 'Adapter';
}

/** Stands in audit events where a node would, for those of the organization itself. No adapter has this id. */
export const ORGANIZATION_NODE = 'organization';

/**
 * Head and length of a node's own chain of audit events. Each event holds the SHA-256 of the one before it, and the
 * node's record holds the last, so an altered, missing or cut-off event is found.
 */
export interface AuditChain {
  readonly head: string;
  readonly length: number;
}

export const EMPTY_CHAIN: AuditChain = { head: '', length: 0 };
