// What the attacked server holds, and who asks it.
import { adapterName } from '../compare/shape.js';
import { GRAPH_ADAPTERS } from '../graph/data.js';

export const SECRET = 'the secret of a measurement, 32 bytes';
/** An adapter with ancestors. */
export const LEAF = adapterName(GRAPH_ADAPTERS - 1);
