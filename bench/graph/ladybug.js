// LadybugDB in process: its own Cypher over node and relationship tables.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import lbug from '@ladybugdb/core';
import { ASKED, graphAdapters, graphEntries, graphId, PAGE, PAIRS, ROOT } from './data.js';

const SCHEMA = [
  'CREATE NODE TABLE Adapter(id STRING PRIMARY KEY)',
  `CREATE NODE TABLE Feedback(id STRING PRIMARY KEY, type STRING, status STRING, question STRING, answer STRING,
     correction STRING, model STRING)`,
  'CREATE REL TABLE FEEDBACK_FOR(FROM Feedback TO Adapter)',
  'CREATE REL TABLE DERIVED_FROM(FROM Adapter TO Adapter)',
];

const QUESTIONS = {
  page: `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter {id: '${ASKED}'})
    WHERE f.type = 'negative' AND f.status = 'approved'
    RETURN f.id, f.type, f.question, f.answer, f.correction, f.model ORDER BY f.id LIMIT ${PAGE}`,
  statistics: 'MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter) RETURN a.id, f.type, count(*)',
  paths: `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter)-[:DERIVED_FROM*1..10]->(b:Adapter {id: '${ROOT}'}) RETURN count(*)`,
  pairs: `MATCH (a:Adapter)<-[:FEEDBACK_FOR]-(f:Feedback)-[:FEEDBACK_FOR]->(b:Adapter) WHERE a.id < b.id
    RETURN a.id, b.id, count(*) AS shared ORDER BY shared DESC, a.id, b.id LIMIT ${PAIRS}`,
};

async function writeCsv(path, rows) {
  const file = createWriteStream(path);
  for (const row of rows) {
    const line = `${row.map((cell) => `"${String(cell ?? '').replaceAll('"', '""')}"`).join(',')}\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

export async function openLadybug(directory, count) {
  const database = new lbug.Database(join(directory, 'ladybug'));
  const connection = new lbug.Connection(database);
  const ask = async (query) => {
    const result = await connection.query(query);
    const rows = await result.getAll();
    result.close();
    return rows;
  };
  for (const statement of SCHEMA) await ask(statement);
  const csv = (name) => join(directory, `${name}.csv`);
  await writeCsv(
    csv('adapters'),
    graphAdapters().map(({ id }) => [id]),
  );
  await writeCsv(
    csv('derived'),
    graphAdapters().flatMap(({ id, parent }) => (parent === undefined ? [] : [[id, parent]])),
  );
  await writeCsv(
    csv('feedback'),
    (function* () {
      let number = 0;
      for (const each of graphEntries(count)) {
        const { type, question, answer, correction, modelVersion } = each;
        yield [graphId(number), type, 'approved', question, answer, correction, modelVersion];
        number += 1;
      }
    })(),
  );
  await writeCsv(
    csv('links'),
    (function* () {
      let number = 0;
      for (const { adapterId, alsoLinked } of graphEntries(count)) {
        yield [graphId(number), adapterId];
        yield [graphId(number), alsoLinked];
        number += 1;
      }
    })(),
  );
  await ask(`COPY Adapter FROM '${csv('adapters')}'`);
  await ask(`COPY Feedback FROM '${csv('feedback')}'`);
  await ask(`COPY FEEDBACK_FOR FROM '${csv('links')}'`);
  await ask(`COPY DERIVED_FROM FROM '${csv('derived')}'`);
  return {
    ask: (question) => ask(QUESTIONS[question]),
    async close() {
      await connection.close();
      await database.close();
    },
  };
}
