// Progress for a person who waits, on the terminal alone.
import process from 'node:process';

export function showProgress(label, done, all, started) {
  if (!process.stderr.isTTY) {
    if (done >= all)
      process.stderr.write(`${label}: ${all} in ${Math.round((performance.now() - started) / 1_000)} s\n`);
    return;
  }
  const rate = done / ((performance.now() - started) / 1_000);
  const bar = '#'.repeat(Math.round((30 * done) / all)).padEnd(30, '.');
  const left = done === 0 ? '' : ` ${Math.ceil((all - done) / rate)} s left`;
  process.stderr.write(`\r\x1b[K${label} [${bar}] ${done}/${all}${left}${done >= all ? '\n' : ''}`);
}
