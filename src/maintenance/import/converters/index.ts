/** The converters; another one is a file, a row here and in `SOURCE_NAMES`, and one in docs/import.md. */
import { isJsonObject } from '../../../is-json-object.js';
import { hasAll, type RecordObject } from '../record-object.js';
import type { AnyRecord, Records } from '../records.js';
import { SOURCE_NAMES, type SourceName } from '../source-names.js';
import { argilla } from './argilla.js';
import { axolotl } from './axolotl.js';
import type { Converter } from './converted.js';
import { hhRlhf } from './hh-rlhf.js';
import { labelStudio } from './label-studio.js';
import { langfuse } from './langfuse.js';
import { langsmith } from './langsmith.js';
import { librechat } from './librechat.js';
import { llamaFactory } from './llama-factory.js';
import { openWebUi } from './open-webui.js';
import { phoenix } from './phoenix.js';
import { trl } from './trl.js';

export const CONVERTERS: Readonly<Record<SourceName, Converter>> = {
  'open-webui': openWebUi,
  langfuse,
  phoenix,
  argilla,
  'label-studio': labelStudio,
  langsmith,
  librechat,
  'hh-rlhf': hhRlhf,
  axolotl,
  'llama-factory': llamaFactory,
  trl,
};

/** The source of a record, if it is surely one of these, and no row in our own names. */
export function recognizeSource(record: RecordObject): SourceName | undefined {
  const isOurs = hasAll(record, 'question', 'answer') || hasAll(record, 'type', 'messages');
  return isOurs ? undefined : SOURCE_NAMES.find((name) => CONVERTERS[name].recognizes(record));
}

/** The source of records, by the first of them that can be read; and all of them again. */
export async function recognizeRecords(
  records: Records,
): Promise<{ readonly name: SourceName | undefined; readonly records: Records }> {
  const before: AnyRecord[] = [];
  let name: SourceName | undefined;
  for (let next = await records.next(); next.done !== true; next = await records.next()) {
    before.push(next.value);
    const record = next.value.problem === undefined ? parseObject(next.value.text) : undefined;
    if (record === undefined && before.length < MAX_SKIPPED) continue;
    name = record && recognizeSource(record);
    break;
  }
  async function* all(): Records {
    yield* before;
    yield* records;
  }
  return { name, records: all() };
}

/** Records that cannot be read, after which the source is not recognized any more. */
const MAX_SKIPPED = 100;

function parseObject(text: string): RecordObject | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return isJsonObject(record) ? record : undefined;
  } catch {
    return undefined;
  }
}
