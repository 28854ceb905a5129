import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import type { DocumentManifest } from '../http/persisted-documents.js';
import { SettingError } from './setting.js';

/**
 * Reads a manifest of GraphQL documents: as Apollo's tools write it (`{"operations": [{"id", "body"}]}`), or as Relay's
 * compiler does (`{"ID": "document"}`).
 * @throws {SettingError} naming the first document that is not valid GraphQL.
 */
export function readManifest(path: string): DocumentManifest {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new SettingError(`must be the path of a JSON file, and '${path}' cannot be read`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SettingError(`must be the path of a JSON file, and '${path}' is not JSON`);
  }
  const documents = new Map(parseEntries(json));
  if (documents.size === 0) throw new SettingError('must name at least one document');
  for (const [id, document] of documents) {
    try {
      parse(document);
    } catch {
      throw new SettingError(`has a document with the id '${id}' that is not valid GraphQL`);
    }
  }
  return documents;
}

function parseEntries(json: unknown): [id: string, document: string][] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw notManifest();
  if (!('operations' in json)) return Object.entries(json).map(([id, document]) => [id, asText(document)]);
  if (!Array.isArray(json.operations)) throw notManifest();
  return json.operations.map((operation: unknown): [string, string] => {
    if (typeof operation !== 'object' || operation === null) throw notManifest();
    if (!('id' in operation) || !('body' in operation)) throw notManifest();
    return [asText(operation.id), asText(operation.body)];
  });
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw notManifest();
  return value;
}

function notManifest(): SettingError {
  return new SettingError(
    'must be a JSON object that maps ids to documents, or {"operations": [{"id": …, "body": …}]} with strings in both',
  );
}
