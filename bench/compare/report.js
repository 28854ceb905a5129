import { readFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import process from 'node:process';

/** The machine that a measurement runs on; taken before it, as it is busy afterwards. */
export function environment() {
  const [processor] = cpus();
  return {
    processor: `${cpus().length} × ${processor?.model ?? 'unknown'}`,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: process.platform,
    // What others do at the same time moves rates and latencies, and processor times less.
    loadAverage: loadavg()[0],
  };
}

/** Of this build. */
export async function version() {
  return JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
