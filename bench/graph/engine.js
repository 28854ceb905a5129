// One engine in a process of its own: native libraries of different engines do not get on in one. Asked by messages:
//   {open: {name, directory, entries}} and {ask: question, language?, roundTime, fewest}; answers {done} or {times} or {failure}.
import process from 'node:process';
import { showProgress } from '../progress.js';

const OPEN = {
  ours: async () => (await import('./ours.js')).openOurs,
  ladybug: async () => (await import('./ladybug.js')).openLadybug,
  surreal: async () => (await import('./surreal.js')).openSurreal,
};

let engine;

async function answer({ open, ask, language, roundTime, fewest }) {
  if (open !== undefined) {
    const { name, directory, entries } = open;
    const started = performance.now();
    const progress = (done) => showProgress(`load ${name}, ${entries} entries`, done, entries, started);
    engine = await (await OPEN[name]())(directory, entries, progress);
    return { done: true };
  }
  const times = [];
  if (engine.asks?.includes(ask) === false) return { times };
  await engine.ask(ask, language);
  const end = performance.now() + roundTime;
  while (times.length < fewest || performance.now() < end) {
    const began = performance.now();
    await engine.ask(ask, language);
    times.push(performance.now() - began);
  }
  return { times };
}

process.on('message', (message) => {
  answer(message).then(
    (result) => process.send(result),
    (error) => process.send({ failure: String(error?.stack ?? error) }),
  );
});
