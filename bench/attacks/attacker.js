// One attack, in a process of its own: prepares it, says so, attacks until it is told to stop, and answers how the server
// answered.
//   {name, url, headers, ids, long, batch}
import process from 'node:process';
import { ATTACKS } from './list.js';

/** Attacks at once, and altogether. */
const AT_ONCE = 2;
const MAX_ATTACKS = 2_000;

process.once('message', ({ name, ...at }) => {
  const { hostname: host, port } = new URL(at.url);
  const attack = ATTACKS[name]({ ...at, host, port: Number(port) });
  const stopping = new AbortController();
  process.once('message', () => stopping.abort());
  const answers = new Map();
  let left = MAX_ATTACKS;

  async function keepAttacking() {
    for (; left > 0 && !stopping.signal.aborted; left -= 1) {
      let answer;
      try {
        answer = await attack(stopping.signal);
      } catch (error) {
        if (stopping.signal.aborted) return;
        answer = error.code ?? error.message;
      }
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  }

  process.send('ready');
  void Promise.all(Array.from({ length: AT_ONCE }, keepAttacking)).then(() => {
    process.send(Object.fromEntries(answers), () => process.exit(0));
  });
});
