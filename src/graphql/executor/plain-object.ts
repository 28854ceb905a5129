/** Objects of which nothing but properties is selected, completed all at once: leaves, and objects that are plain as well. */
import type { RequestBudget } from '../budget/request-budget.js';
import { LastingObject, WrittenJson } from '../written-json.js';
import { completeLeaf } from './leaf.js';
import type { Execution } from './place.js';
import { type SelectedField, type Selection, selectionOf } from './selection.js';

type Data = Record<string, unknown>;

/** What an object adds to the budget of its request. */
interface Counted {
  fields: number;
  characters: number;
}

/**
 * What is selected of an object.
 * @returns undefined if not all of it is plain, and where something fails: field by field it is told what
 */
export function plainObject(
  execution: Execution,
  selection: Selection,
  source: unknown,
): Data | WrittenJson | undefined {
  if (!selection.isPlain || !isPlainValue(source)) return undefined;
  const { budget }: { readonly budget?: RequestBudget } = execution.context;
  const counted: Counted = { fields: 0, characters: 0 };
  try {
    budget?.check();
    const completed = complete(execution, selection, source, counted);
    if (completed !== undefined) budget?.countFields(counted.fields, counted.characters);
    return completed;
  } catch {
    return undefined;
  }
}

function isPlainValue(value: unknown): value is Readonly<Data> {
  return typeof value === 'object' && value !== null && !(value instanceof Promise) && !(value instanceof Error);
}

function complete(
  execution: Execution,
  selection: Selection,
  source: Readonly<Data>,
  counted: Counted,
): Data | WrittenJson | undefined {
  const lasting = execution.keepsJson && selection.isKept && source instanceof LastingObject ? source : undefined;
  const kept = lasting?.written(selection.number);
  if (kept !== undefined) return addWritten(execution, kept, counted);
  const data = { ...selection.template };
  let characters = 0;
  for (const field of selection.properties) {
    const value = source[field.definition.name];
    if (value === undefined || value === null) {
      if ((field.leaf ?? field.object) !== field.definition.type) return undefined;
    } else if (field.leaf !== undefined) {
      if (typeof value === 'object' || typeof value === 'function') {
        // Most leaves with such values, which are JSON, have them in each object.
        selection.isPlain = false;
        return undefined;
      }
      if (typeof value === 'string') characters += value.length;
      data[field.key] = completeLeaf(field.leaf, value);
    } else {
      const inner = completeInner(execution, selection, field, value, counted);
      if (inner === undefined) return undefined;
      data[field.key] = inner;
    }
  }
  if (lasting?.isAskedAgain(selection.number) === true) {
    const written = new WrittenJson(JSON.stringify(data), selection.properties.length, characters);
    lasting.keep(selection.number, written);
    return addWritten(execution, written, counted);
  }
  counted.fields += selection.properties.length;
  counted.characters += characters;
  return data;
}

function addWritten(execution: Execution, written: WrittenJson, counted: Counted): WrittenJson {
  execution.holdsWritten = true;
  counted.fields += written.fields;
  counted.characters += written.characters;
  return written;
}

function completeInner(
  execution: Execution,
  outer: Selection,
  field: SelectedField,
  value: unknown,
  counted: Counted,
): Data | WrittenJson | undefined {
  const selection = field.object && typeof value !== 'function' && selectionOf(execution, field, field.object);
  if (!selection || !selection.isPlain) {
    // It is not plain for the next object either, so that one need not be tried.
    outer.isPlain = false;
    return undefined;
  }
  return isPlainValue(value) ? complete(execution, selection, value, counted) : undefined;
}
