/** Several processes that serve one port, for machines with many cores: `feedback-graph serve --workers N`. */
import cluster, { type Address, type Worker } from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, EXIT } from './terminal.js';

/** What the first process tells the others. */
const STOP = 'stop';

/** How long to wait before a worker that has ended is started anew, ms: whatever ended it may do so again. */
const RESTART_PAUSE = 1_000;

export interface WorkersOptions {
  readonly count: number;
  /** Resolves when they are to stop. */
  readonly stopped: Promise<void>;
  /** Called once, with the port at which the first of them listens. */
  readonly onListening: (port: number) => void;
  /** Called with the exit code or signal of a worker that has ended though it was not to. */
  readonly onRestart: (ended: number | string) => void;
}

/** Whether this process is one of several that another one has started. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/** Whether it is the one that does what only one is to do. */
export function isFirstWorker(): boolean {
  return cluster.worker?.id === 1;
}

/** Resolves when the process that has started this one says so, or is gone. A signal of the terminal reaches both. */
export function workerStopped(): Promise<void> {
  process.on('SIGINT', () => undefined);
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.on('message', (message) => {
      if (message === STOP) resolve();
    });
    process.once('disconnect', () => resolve());
  });
}

/** Lets go of the process that has started this one, which would keep it alive. */
export function leaveWorkers(): void {
  if (process.connected) process.disconnect();
}

/**
 * Runs this program so many times, with the arguments that it was started with, until they are to stop.
 * @throws CommandError if one ends before it has listened: it has said why
 */
export async function runWorkers({ count, stopped, onListening, onRestart }: WorkersOptions): Promise<void> {
  /** Whether each listens already. */
  const running = new Map<Worker, boolean>();
  let isStopping = false;
  let hasListened = false;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));

  function startOne(): void {
    const worker = cluster.fork();
    running.set(worker, false);
    worker.on('listening', ({ port }: Address) => {
      running.set(worker, true);
      if (!hasListened) onListening(port);
      hasListened = true;
    });
    worker.on('exit', (code) => {
      running.delete(worker);
      if (isStopping) return;
      if (!hasListened) {
        fail(new CommandError('A worker could not start', code === EXIT.usage ? EXIT.usage : EXIT.failure));
        return;
      }
      onRestart(worker.process.signalCode ?? code);
      void delay(RESTART_PAUSE, undefined, { ref: false }).then(() => {
        if (!isStopping) startOne();
      });
    });
  }

  for (let started = 0; started < count; started++) startOne();
  try {
    await Promise.race([stopped, failed]);
  } finally {
    isStopping = true;
    await Promise.all([...running].map(([worker, isListening]) => stopOne(worker, isListening)));
  }
}

async function stopOne(worker: Worker, isListening: boolean): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  // One that still starts does not hear it yet.
  if (isListening && worker.isConnected()) worker.send(STOP);
  else worker.process.kill();
  await ended;
}
