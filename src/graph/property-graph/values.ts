/** Nodes and relationships of the store as the query language sees them, with the names that REST has for properties. */
import { fromJson, type NodeValue, type Properties, type RelationshipValue, type Value } from '@feedback-graph/cypher';
import type { Adapter } from '../../adapters/adapters.js';
import { documentedAdapter } from '../../adapters/documented-adapter.js';
import type { Feedback } from '../../model/feedback.js';
import { type NodeKind, nodeKind } from '../../model/node.js';
import type { PreferenceOutcome } from '../../model/preference.js';
import { storedToWire } from '../../model/wire-entry.js';
import type { EdgeType } from '../../store/layout.js';
import { decodeRecord } from '../../store/record.js';
import type { GraphSource } from './source.js';

/** Turns properties into values of the language when they are asked for: most are not. */
class JsonProperties implements Properties {
  readonly #fields: () => object;

  constructor(fields: () => object) {
    this.#fields = fields;
  }

  get(name: string): Value | undefined {
    const fields = this.#fields();
    // Own properties alone: a query may ask for `constructor`.
    const field: unknown = Object.hasOwn(fields, name) ? Reflect.get(fields, name) : undefined;
    return field === undefined ? undefined : fromJson(field);
  }

  keys(): Iterable<string> {
    return Object.keys(this.#fields());
  }
}

const NO_PROPERTIES: Properties = new Map();

export function nodeValue(id: string, fields: object): NodeValue {
  return lazyNode(id, () => fields);
}

function lazyNode(id: string, fields: () => object): NodeValue {
  return { kind: 'node', id, labels: [nodeKind(id)], properties: new JsonProperties(fields) };
}

/** A node of which nothing but the id was read. */
export function bareNode(id: string): NodeValue {
  return { kind: 'node', id, labels: [nodeKind(id)], properties: new Map([['id', id]]) };
}

export function feedbackNode(feedback: Feedback): NodeValue {
  return lazyNode(feedback.id, () => storedToWire(feedback));
}

export function adapterNode(adapter: Adapter): NodeValue {
  return nodeValue(adapter.id, documentedAdapter(adapter, adapter));
}

/** What edges say that REST shows, by its names; who made them is for the audit trail. */
const EDGE_PROPERTIES = new Map([
  ['adapterVersion', 'adapter_version'],
  ['metadata', 'metadata'],
  ['relation', 'relation'],
  ['revision', 'revision'],
  ['version', 'version'],
  ['split', 'split'],
  ['metrics', 'metrics'],
  ['createdAt', 'created_at'],
  ['updatedAt', 'updated_at'],
]);

/** Small, and with no more made of it than is asked for: queries that follow many relationships hold many at a time. */
class StoredRelationship implements RelationshipValue {
  readonly kind = 'relationship';
  readonly type: EdgeType;
  readonly start: string;
  readonly end: string;
  readonly properties: Properties;
  #id: string | undefined;

  constructor(type: EdgeType, start: string, end: string, properties: Properties) {
    this.type = type;
    this.start = start;
    this.end = end;
    this.properties = properties;
  }

  get id(): string {
    // Ids of nodes hold no line breaks: checked when they are made.
    this.#id ??= `${this.type}\n${this.start}\n${this.end}`;
    return this.#id;
  }
}

/**
 * @param record the stored edge, where its properties were read
 * @param outcome what became of the adapter, where the edge is of a preference
 */
export function relationshipValue(
  type: EdgeType,
  from: string,
  to: string,
  record?: Buffer,
  outcome?: PreferenceOutcome,
): RelationshipValue {
  const properties = record === undefined ? NO_PROPERTIES : edgeProperties(record, outcome);
  return new StoredRelationship(type, from, to, properties);
}

function edgeProperties(record: Buffer, outcome: PreferenceOutcome | undefined): Properties {
  const stored = decodeRecord(record) as Readonly<Record<string, unknown>>;
  const fields = Object.fromEntries(
    Object.entries(stored).flatMap(([name, value]) => {
      const shown = EDGE_PROPERTIES.get(name);
      return shown === undefined ? [] : [[shown, value]];
    }),
  );
  const all = outcome === undefined ? fields : { ...fields, outcome };
  return new JsonProperties(() => all);
}

export interface EdgeKind {
  readonly type: EdgeType;
  readonly from: NodeKind;
  readonly to: NodeKind;
}

export const EDGE_KINDS: readonly EdgeKind[] = [
  { type: 'FEEDBACK_FOR', from: 'Feedback', to: 'Adapter' },
  { type: 'DERIVED_FROM', from: 'Adapter', to: 'Adapter' },
  { type: 'TRAINED_ON', from: 'Adapter', to: 'TrainingBatch' },
  { type: 'INCLUDES', from: 'TrainingBatch', to: 'Feedback' },
];

/** The kinds of relationships of these types, or of any if none is named, that are there for whoever asks. */
export function edgeKindsOf(types: readonly string[], { hidden }: Pick<GraphSource, 'hidden'>): readonly EdgeKind[] {
  return EDGE_KINDS.filter(({ type }) => (types.length === 0 || types.includes(type)) && hidden?.has(type) !== true);
}

const NODE_KINDS: readonly NodeKind[] = ['Feedback', 'Adapter', 'TrainingBatch'];

/** The kinds of nodes that carry all of these labels. */
export function kindsLabelled(labels: readonly string[]): readonly NodeKind[] {
  return NODE_KINDS.filter((kind) => labels.every((label) => label === kind));
}
