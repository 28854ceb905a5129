/** The command `feedback-graph`, once the entry point has checked the version of Node.js. */
import { run } from './run.js';
import { detectScreen } from './screen.js';

// RocksDB makes its files itself, and exports and backups hold what the store does: all of it is for this user alone.
process.umask(0o077);

// The reader of our output may close the pipe (`feedback-graph serve | head -1`); that must not end a server.
process.stdout.on('error', () => undefined);

const exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  // It is opened where it is read first, and not by commands that do not read it.
  get input() {
    return process.stdin;
  },
  screen: detectScreen(process.stdout, process.env),
  errorScreen: detectScreen(process.stderr, process.env),
});
// Flush what is still on its way to a pipe before exiting.
process.stdout.write('', () => process.exit(exitCode));
