/** Loads entries page by page and makes a file of them: a link to one would have the token in it. */
import type { Client } from '@urql/core';
import { type Problem, toProblem } from '../../api/problem.js';
import type { JsonObject } from '../../api/scalars.js';
import {
  FeedbackExportChosenDocument,
  FeedbackExportPageDocument,
  type FeedbackFilterInput,
} from './documents.generated.js';
import { type ExportFormat, exportHead, exportRow } from './export-format.js';

/** Entries of one request. */
const AT_ONCE = 200;
/** Characters that are gathered before they become a part of the file, which the browser may keep on disk. */
const PART = 4_000_000;

/** Which entries: chosen ones, or all that a filter selects. */
export type ExportSelection =
  { readonly ids: readonly string[] } | { readonly filter: FeedbackFilterInput; readonly order: 'ASC' | 'DESC' };

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly selection: ExportSelection;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

export type ExportOutcome =
  { readonly file: Blob; readonly count: number } | { readonly problem: Problem } | { readonly isAborted: true };

export async function exportEntries(client: Client, options: ExportOptions): Promise<ExportOutcome> {
  const { format, selection, onProgress, signal } = options;
  const parts: Blob[] = [];
  let text = exportHead(format);
  let count = 0;
  const pages = 'ids' in selection ? chosenPages(client, selection.ids) : filteredPages(client, selection);
  for await (const page of pages) {
    if (signal.aborted) return { isAborted: true };
    if ('problem' in page) return page;
    for (const document of page.documents) text += exportRow(format, document);
    count += page.documents.length;
    if (text.length > PART) {
      parts.push(new Blob([text]));
      text = '';
    }
    onProgress(count);
  }
  const type = format === 'csv' ? 'text/csv' : 'application/jsonl';
  return { file: new Blob([...parts, text], { type }), count };
}

type Page = { readonly documents: readonly JsonObject[] } | { readonly problem: Problem };

async function* filteredPages(
  client: Client,
  { filter, order }: Extract<ExportSelection, { filter: unknown }>,
): AsyncGenerator<Page, void> {
  let after: string | null = null;
  for (;;) {
    const { data, error } = await request(client, after, { filter, order });
    if (data === undefined) {
      yield { problem: error === undefined ? { kind: 'failed' } : toProblem(error) };
      return;
    }
    const { edges, pageInfo } = data.feedbackList;
    yield { documents: edges.map(({ node }) => node.document) };
    if (!pageInfo.hasNextPage || pageInfo.endCursor == null) return;
    after = pageInfo.endCursor;
  }
}

function request(client: Client, after: string | null, variables: Extract<ExportSelection, { filter: unknown }>) {
  return client
    .query(FeedbackExportPageDocument, { ...variables, after }, { requestPolicy: 'network-only' })
    .toPromise();
}

async function* chosenPages(client: Client, ids: readonly string[]): AsyncGenerator<Page, void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const { data, error } = await client
      .query(FeedbackExportChosenDocument, { ids: ids.slice(from, from + AT_ONCE) }, { requestPolicy: 'network-only' })
      .toPromise();
    if (data === undefined) {
      yield { problem: error === undefined ? { kind: 'failed' } : toProblem(error) };
      return;
    }
    // What was erased in the meantime is not there any more.
    yield { documents: data.nodes.flatMap((node) => (node != null && 'document' in node ? [node.document] : [])) };
  }
}

/** Lets the browser save a file. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(file);
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser reads the file after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
