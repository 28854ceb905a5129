// Preloaded into a measured server, which runs with --expose-gc: what remains after a collection is what is held.
import process from 'node:process';

process.on('SIGUSR2', () => globalThis.gc());
