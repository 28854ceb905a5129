import type { CallOptions } from './transport.js';

/** A list that the server hands out in pages: `for await` over its items, or over `pages()`. */
export interface Listing<Item, Page> extends AsyncIterable<Item> {
  /** The pages as the server sends them, with their counts and cursors. */
  pages(): AsyncIterable<Page>;
}

export interface ListOptions extends Pick<CallOptions, 'signal'> {
  /** Where to go on: the `next_cursor` of a page. */
  readonly cursor?: string;
}

/** @param fetchPage gets the cursor of the page, undefined for the first one */
export function listing<Item, Page extends { readonly next_cursor?: string }>(
  fetchPage: (cursor: string | undefined) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[],
  start?: string,
): Listing<Item, Page> {
  async function* pages(): AsyncGenerator<Page, void> {
    let cursor = start;
    do {
      const page = await fetchPage(cursor);
      yield page;
      cursor = page.next_cursor;
    } while (cursor !== undefined);
  }
  async function* items(): AsyncGenerator<Item, void> {
    for await (const page of pages()) yield* itemsOf(page);
  }
  return { pages, [Symbol.asyncIterator]: items };
}

/** The parameter that names a page, of which the first one has no name. */
export function cursorOf(cursor: string | undefined): { cursor?: string } {
  return cursor === undefined ? {} : { cursor };
}
