import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect } from 'vitest';

const SCHEMAS = join(
  dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')),
  'res/schema',
);

const readSchema = (name: string): object =>
  JSON.parse(readFileSync(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;

/** The published schema of CycloneDX 1.7, by the formats that it names. */
function bomSchema(): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/);
  for (const format of ['iri-reference', 'idn-email', 'email', 'uri', 'date']) ajv.addFormat(format, true);
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    ajv.addSchema(readSchema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  return ajv.compile(readSchema('bom-1.7'));
}

const isBom = bomSchema();

/** Expects a document that the published schema allows, whose references all lead somewhere. */
export function expectBom(bom: unknown): void {
  isBom(bom);
  expect(isBom.errors ?? []).toEqual([]);
  const named = new Set(referencesIn(bom, 'bom-ref'));
  expect(referencesIn(bom, 'bom-ref')).toHaveLength(named.size);
  for (const key of ['ref', 'dependsOn', 'assemblies', 'dependencies']) {
    expect(referencesIn(bom, key).filter((each) => !named.has(each))).toEqual([]);
  }
}

/** The texts under a key, alone or in a list, wherever it is. */
function referencesIn(document: unknown, key: string): string[] {
  if (Array.isArray(document)) return document.flatMap((each) => referencesIn(each, key));
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]: [string, unknown]) => [
    ...(name === key ? [value].flat().filter((each) => typeof each === 'string') : []),
    ...referencesIn(value, key),
  ]);
}
