// SurrealDB on RocksDB in process: records, and relations as records of their own.
import { join } from 'node:path';
import { createNodeEngines } from '@surrealdb/node';
import { Surreal } from 'surrealdb';
import { ASKED, graphAdapters, graphEntries, graphId, PAGE, PAIRS } from './data.js';

const ROWS = 1_000;

const SCHEMA = `
  DEFINE TABLE adapter SCHEMALESS;
  DEFINE TABLE feedback SCHEMALESS;
  DEFINE TABLE feedback_for TYPE RELATION IN feedback OUT adapter SCHEMALESS;
  DEFINE TABLE derived_from TYPE RELATION IN adapter OUT adapter SCHEMALESS;
  DEFINE INDEX by_adapter ON feedback_for FIELDS out, type, status, feedback;
  DEFINE INDEX by_pair ON shared FIELDS pair;
`;

// The filtered fields are kept on the relation too, so that one index answers the page; what pairs an entry links is
// kept as a table, as there is no join.
const QUESTIONS = {
  page: `SELECT in.* AS feedback FROM feedback_for WHERE out = adapter:⟨${ASKED}⟩ AND type = 'negative'
    AND status = 'approved' ORDER BY feedback LIMIT ${PAGE}`,
  statistics: 'SELECT out, type, count() FROM feedback_for GROUP BY out, type',
  pairs: `SELECT pair, count() AS shared FROM shared GROUP BY pair ORDER BY shared DESC LIMIT ${PAIRS}`,
};

export async function openSurreal(directory, count, onProgress) {
  const surreal = new Surreal({ engines: createNodeEngines() });
  await surreal.connect(`rocksdb://${join(directory, 'surreal')}`);
  await surreal.use({ namespace: 'bench', database: 'bench' });
  await surreal.query(SCHEMA);
  const insert = async (statement, rows) => {
    await surreal.query(statement, { rows });
  };
  const record = (table, id) => `${table}:⟨${id}⟩`;
  for (const { id } of graphAdapters()) await surreal.query(`CREATE ${record('adapter', id)}`);
  for (const { id, parent } of graphAdapters()) {
    if (parent !== undefined) {
      await surreal.query(`RELATE ${record('adapter', id)}->derived_from->${record('adapter', parent)}`);
    }
  }
  let rows = [];
  let number = 0;
  const flush = async () => {
    await insert(
      `FOR $row IN $rows {
        LET $id = type::record('feedback', $row.id);
        CREATE $id CONTENT { type: $row.type, status: 'approved', question: $row.question, answer: $row.answer,
          correction: $row.correction, model: $row.model };
        FOR $adapter IN $row.adapters {
          LET $to = type::record('adapter', $adapter);
          RELATE $id->feedback_for->$to SET type = $row.type, status = 'approved', feedback = $row.id;
        };
        CREATE shared SET pair = $row.pair;
      };`,
      rows,
    );
    rows = [];
    onProgress(number);
  };
  for (const { type, question, answer, correction, modelVersion, adapterId, alsoLinked } of graphEntries(count)) {
    const adapters = [adapterId, alsoLinked];
    const pair = adapters.toSorted().join(' ');
    rows.push({ id: graphId(number), type, question, answer, correction, model: modelVersion, adapters, pair });
    number += 1;
    if (rows.length === ROWS) await flush();
  }
  if (rows.length > 0) await flush();
  return {
    // The lineage question is not asked: it took more than a minute.
    asks: Object.keys(QUESTIONS),
    ask: async (question) => {
      const [answer] = await surreal.query(QUESTIONS[question]);
      return answer;
    },
    close: () => surreal.close(),
  };
}
