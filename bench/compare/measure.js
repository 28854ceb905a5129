// Every operation on every server, in alternating rounds.
import jsonwebtoken from 'jsonwebtoken';
import { showProgress } from '../progress.js';
import { load, untilIdle } from './processes.js';
import { medianResult } from './statistics.js';

export const SECRET = 'the secret of a measurement, 32 bytes';
export const CONNECTIONS = 64;

/** V8 has compiled what a server runs once the first round is over, s. */
const SHORT_WARM_UP = 1;

/**
 * @param servers by name @param operations each with `jobs` by the name of the server that they are for; `inTurn`: whether jobs
 * are done one after another instead of at random; `halfRate`: the servers whose latency at half of their rate is measured
 * @param size rounds and seconds; `halfRateSeconds` are those at half of the rate that each server has just reached, which
 * tell how long requests wait where there is enough of the machine, none without it; the seconds of warm-up are those of
 * the first round
 */
export async function measureAll(servers, operations, { rounds, seconds, warmUpSeconds, halfRateSeconds = 0 }) {
  const token = jsonwebtoken.sign({}, SECRET, { subject: 'bench', expiresIn: '6h' });
  const steps = rounds * operations.reduce((sum, { jobs }) => sum + Object.keys(jobs).length, 0);
  const started = performance.now();
  let step = 0;
  const measured = operations.map(() => ({}));
  const halfRates = operations.map(() => ({}));
  for (let round = 0; round < rounds; round += 1) {
    const warmUp = round === 0 ? warmUpSeconds : Math.min(warmUpSeconds, SHORT_WARM_UP);
    for (const [index, operation] of operations.entries()) {
      const { jobs, connections = CONNECTIONS, inTurn = false, halfRate = [] } = operation;
      // Every other round in the opposite order, so that none is always the one that comes after the heavy one.
      const names = round % 2 === 0 ? Object.keys(jobs) : Object.keys(jobs).reverse();
      for (const name of names) {
        const task = { url: servers[name].url, token, connections, warmUpSeconds: warmUp, jobs: jobs[name] };
        // On from where the last round has ended, so that nothing is asked twice before all has been asked once.
        if (inTurn) task.from = totalRequests(measured[index][name]) % jobs[name].length;
        // RocksDB goes on compacting after a store was filled, or written to.
        await Promise.all(Object.values(servers).map(untilIdle));
        const result = await measureLoad(servers[name], { ...task, seconds });
        (measured[index][name] ??= []).push(result);
        if (halfRateSeconds > 0 && halfRate.includes(name)) {
          const atHalf = {
            ...task,
            seconds: halfRateSeconds,
            warmUpSeconds: SHORT_WARM_UP,
            rate: result.perSecond / 2,
          };
          (halfRates[index][name] ??= []).push(await measureLoad(servers[name], atHalf));
        }
        showProgress('measure', (step += 1), steps, started);
      }
    }
  }
  const medians = (byServer) =>
    Object.fromEntries(Object.entries(byServer).map(([server, all]) => [server, medianResult(all)]));
  return operations.map(({ key, name, goals = {} }, index) => ({
    key,
    name,
    goals,
    servers: medians(measured[index]),
    halfRate: medians(halfRates[index]),
  }));
}

function totalRequests(results = []) {
  return results.reduce((sum, { requests }) => sum + requests, 0);
}

/** One load, and what a request of it costs the server with all its threads, which other work on the machine moves little. */
async function measureLoad({ cpuMilliseconds }, task) {
  let before = cpuMilliseconds();
  const result = await load(task, { onCounting: () => (before = cpuMilliseconds()) });
  return { ...result, cpuMicroseconds: ((cpuMilliseconds() - before) * 1_000) / result.counted };
}
