/**
 * Writes until it is killed: `node writer.js URL ROUND`. Prints a line for each key after its transaction was
 * acknowledged, and `failed` for each that was not. Runs on the built files, as Node cannot run the sources.
 */
import process from 'node:process';
import { openStore } from '../../../dist/store/open.js';

const [url, round] = process.argv.slice(2);
const CLIENTS = 16;

// A write beyond a limit of the file size fails instead of ending the process.
process.on('SIGXFSZ', () => undefined);

const store = await openStore(url);

async function client(number) {
  for (let at = 0; ; at++) {
    const key = `key:${round}:${number}:${at}`;
    try {
      await store.transact(async (transaction) => {
        await transaction.nonZero(['count']);
        transaction.put(key, Buffer.from(key.repeat(20)));
        transaction.put(`twin:${key}`, Buffer.from(key));
        transaction.add('count', 1);
        transaction.append('log:', Buffer.from(key));
      });
      process.stdout.write(`${key}\n`);
    } catch {
      process.stdout.write('failed\n');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

for (let number = 0; number < CLIENTS; number++) void client(number);
