import { createMemoryGraph, type MemoryGraph, type MemoryGraphOptions } from '../../src/memory-graph.js';
import type { Value } from '../../src/value.js';

const STATUSES = ['approved', 'approved', 'pending', 'rejected'] as const;
const TYPES = ['positive', 'negative', 'positive'] as const;

/**
 * Labels, properties and relationship types of the product: 30 feedback for `themis_help_lora_v2` (which comes from
 * `themis_help_lora_v1`, which comes from `base_model`), 12 of them for `legal_lora` too, and 5 for `lonely_lora` alone.
 */
export function createFeedbackGraph(options?: MemoryGraphOptions): MemoryGraph {
  const graph = createMemoryGraph(options);
  const adapter = (id: string): ReturnType<MemoryGraph['addNode']> => graph.addNode(['Adapter'], new Map([['id', id]]));
  const [base, first, second] = [adapter('base_model'), adapter('themis_help_lora_v1'), adapter('themis_help_lora_v2')];
  const [legal, lonely] = [adapter('legal_lora'), adapter('lonely_lora')];
  graph.addRelationship('DERIVED_FROM', first, base);
  graph.addRelationship('DERIVED_FROM', second, first);
  for (let index = 0; index < 35; index += 1) {
    const feedback = graph.addNode(
      ['Feedback'],
      new Map<string, Value>([
        ['id', `feedback-${String(index).padStart(2, '0')}`],
        ['type', TYPES[index % 3] ?? 'positive'],
        ['validation_status', STATUSES[index % 4] ?? 'approved'],
        ['used_for_training', index % 5 === 0],
        ['rating', BigInt(index % 7)],
      ]),
    );
    graph.addRelationship('FEEDBACK_FOR', feedback, index < 30 ? second : lonely);
    if (index < 12) graph.addRelationship('FEEDBACK_FOR', feedback, legal);
  }
  return graph;
}
