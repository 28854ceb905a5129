import type { GraphQLLeafType, GraphQLObjectType } from 'graphql';
import type { Path } from './field-errors.js';
import { createPlace, type Execution, failAt } from './place.js';
import type { SelectedField } from './selection.js';

/**
 * A leaf whose value is a property and a primitive, as most are: without its place, which only what fails needs.
 * @returns undefined for any other
 */
export function plainLeaf(
  execution: Execution,
  parentType: GraphQLObjectType,
  source: unknown,
  parentPath: Path | undefined,
  field: SelectedField,
): unknown {
  const { leaf, definition } = field;
  if (leaf === undefined || typeof source !== 'object' || source === null) return undefined;
  const { budget } = execution.context;
  try {
    const value = (source as Readonly<Record<string, unknown>>)[definition.name];
    const isMissing = value === undefined || value === null;
    if (isMissing ? leaf !== definition.type : typeof value === 'object' || typeof value === 'function')
      return undefined;
    budget?.countField(value);
    return isMissing ? null : completeLeaf(leaf, value);
  } catch (error) {
    const place = createPlace(parentType, parentPath, field);
    return failAt(execution, place, definition.type, place, error);
  }
}

/** The value of a leaf as JSON writes it. @throws Error if the type cannot write it */
export function completeLeaf(type: GraphQLLeafType, value: unknown): unknown {
  const written: unknown = type.serialize(value);
  if (written === undefined || written === null) {
    throw new Error(`A ${type.name} cannot be written as ${String(written)}`);
  }
  // JSON writes dates so itself, at twice the cost.
  return written instanceof Date && !Number.isNaN(written.getTime()) ? written.toISOString() : written;
}
