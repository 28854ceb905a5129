/** Changes of many entries: the server carries them out, and this follows how far it is. */
import type { Client } from '@urql/core';
import { type Problem, toProblem } from '../../api/problem.js';
import type { Row } from './columns.js';
import {
  type BulkProgressFragment,
  type BulkSelectionInput,
  FeedbackRowsDocument,
  FollowBulkDocument,
  UndoBulkDocument,
} from './documents.generated.js';

export type BulkProgress = BulkProgressFragment;
export type BulkAnswer = { readonly operation: BulkProgress } | { readonly problem: Problem };

/** Milliseconds between two looks at an operation. */
const PAUSE = 300;
/** Looks that may fail one after the other, as while the server starts again. */
const MAX_FAILURES = 20;
/** Rows that are read again after a change, as far as they are loaded. */
const MAX_REFRESHED = 500;

/** Entries of an operation as the API names them. */
export type { BulkSelectionInput };

/** Waits for the end of an operation or of its undo. */
export async function followBulk(
  client: Client,
  started: BulkProgress,
  onProgress: (operation: BulkProgress) => void,
): Promise<BulkAnswer> {
  let operation = started;
  let failures = 0;
  for (;;) {
    onProgress(operation);
    if (operation.state !== 'RUNNING' && operation.state !== 'UNDOING') return { operation };
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    const { data, error } = await client
      .query(FollowBulkDocument, { id: operation.id }, { requestPolicy: 'network-only' })
      .toPromise();
    if (data?.bulkOperation != null) {
      operation = data.bulkOperation;
      failures = 0;
    } else {
      failures += 1;
      if (failures > MAX_FAILURES) return { problem: error === undefined ? { kind: 'failed' } : toProblem(error) };
    }
  }
}

/** Undoes an operation, and waits for the end of that. */
export async function undoBulk(client: Client, id: string): Promise<BulkAnswer> {
  const { data, error } = await client.mutation(UndoBulkDocument, { id }).toPromise();
  if (data === undefined) return { problem: error === undefined ? { kind: 'failed' } : toProblem(error) };
  return followBulk(client, data.undoBulkOperation, () => undefined);
}

/** Entries as they are now; those that are gone are left out. */
export async function readRows(client: Client, ids: readonly string[]): Promise<readonly Row[]> {
  const some = ids.slice(0, MAX_REFRESHED);
  const { data } = await client
    .query(FeedbackRowsDocument, { ids: some }, { requestPolicy: 'network-only' })
    .toPromise();
  return (data?.nodes ?? []).filter((node) => isRow(node));
}

function isRow(node: object | null): node is Row {
  return node !== null && 'question' in node;
}
