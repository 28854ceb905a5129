import type { EntryQuery } from './documents.generated.js';

/** An entry as this screen loads it. */
export type Entry = NonNullable<EntryQuery['feedback']>;
