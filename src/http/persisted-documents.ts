/**
 * Documents that clients name instead of sending: those that they have sent once with their hash (automatic persisted
 * queries, as Apollo's clients speak them), or, where only those of a manifest may run, the manifest's.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { InvalidInputError } from '../errors.js';
import { OperationRefusedError } from '../graphql/operations/limits.js';
import type { GraphqlRequest } from './graphql-request.js';

/** Characters of all documents that are remembered for clients together. */
const REMEMBERED_CHARACTERS = 4 * 1024 * 1024;

/** The text of each document that may run, by its id; made from a manifest by `config/manifest.ts`. */
export type DocumentManifest = ReadonlyMap<string, string>;

/**
 * The text that a request stands for; undefined if it names one that is not known yet, so that its client has to send
 * it once. A text comes back with `remember`, to be called when it may run.
 * @throws {InvalidInputError} for a text that is not of its hash; {@link OperationRefusedError} for one that is not in
 * the manifest.
 */
export type FindDocument = (
  request: GraphqlRequest,
) => { readonly text: string; readonly remember?: () => void } | undefined;

export function createFindDocument(manifest: DocumentManifest | undefined): FindDocument {
  return manifest === undefined ? rememberDocuments() : onlyListed(manifest);
}

function onlyListed(manifest: DocumentManifest): FindDocument {
  const texts = new Set(manifest.values());
  return ({ query, persisted }) => {
    const text = persisted === undefined ? query : manifest.get(persisted);
    if (text === undefined || !texts.has(text) || (query !== undefined && query !== text)) {
      throw new OperationRefusedError(
        'PERSISTED_OPERATIONS_ONLY',
        'This server runs only the documents in its manifest (FEEDBACK_PERSISTED_ONLY), and this document is not in it',
      );
    }
    return { text };
  };
}

function rememberDocuments(): FindDocument {
  const documents = new LRUCache<string, string>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (text) => text.length + 1,
  });
  return ({ query, persisted }) => {
    if (persisted === undefined) return query === undefined ? undefined : { text: query };
    if (query === undefined) {
      const text = documents.get(persisted);
      return text === undefined ? undefined : { text };
    }
    if (hash('sha256', query) !== persisted) {
      throw new InvalidInputError([
        { field: 'extensions.persistedQuery.sha256Hash', problem: 'must be the SHA-256 of the query' },
      ]);
    }
    return { text: query, remember: () => documents.set(persisted, query) };
  };
}
