// PostGraphile 5 as its documentation starts it, without authentication. Needs Node.js 22, which the package `node` brings.
//   node postgraphile.js CONNECTION_STRING
import { createServer } from 'node:http';
import process from 'node:process';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const [connectionString] = process.argv.slice(2);
const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  grafserv: { port: 0, graphiql: false, watch: false },
  pgServices: [makePgService({ connectionString, schemas: ['public'], poolConfig: { max: 16 } })],
});
const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`PostGraphile listens on http://127.0.0.1:${server.address().port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
