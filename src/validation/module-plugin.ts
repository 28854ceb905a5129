/** A plugin of the user's own, in a worker thread: it may throw, hang or leave rejections, and the server goes on. */
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ValidationLogger } from './chain.js';
import type { PluginData, PluginHost, PluginVerdict, ValidationPlugin } from './contract.js';
import { pluginEnvironment } from './plugin-environment.js';
import type { PluginSetting } from './setting.js';
import type { FromWorker, Introduction, Outcome, Request, ToWorker, WorkerData } from './worker-messages.js';

/** How long a plugin may take to load, to initialize, or to shut down, ms. */
const STARTED_WITHIN = 10_000;
/** How long a thread may be busy with one thing before it counts as stuck, ms. */
const STUCK_AFTER = 1_000;

/** The thread ended, or was ended; the plugin is loaded again for the next submission. */
class ThreadEndedError extends Error {
  override readonly name = 'ThreadEndedError';
}

interface Thread {
  readonly worker: Worker;
  readonly introduction: Introduction;
  readonly request: (request: Request, signal?: AbortSignal) => Promise<unknown>;
}

/** The plugin and what its module says of it, with the thread running and not initialized yet. */
export async function loadModulePlugin(
  { module, environment }: Required<Pick<PluginSetting, 'module'>> & Pick<PluginSetting, 'environment'>,
  workerFile: URL,
  host: PluginHost,
  logger: ValidationLogger,
): Promise<ValidationPlugin> {
  const data = { module: resolveModule(module) };
  const seen = pluginEnvironment(process.env, environment);
  const start = (): Promise<Thread> => startThread(data, seen, workerFile, host, logger);
  const first = await start();
  const { introduction } = first;
  let config: Readonly<Record<string, unknown>> = {};
  let stopped = false;

  let running: Promise<Thread> | undefined = Promise.resolve(first);
  const forgetWhenEnded = (thread: Thread, mine: Promise<Thread>): void => {
    thread.worker.once('exit', () => {
      if (running === mine) running = undefined;
    });
  };
  forgetWhenEnded(first, running);
  /** The thread, started again where it has ended. */
  const thread = (): Promise<Thread> => {
    if (stopped) throw new ThreadEndedError('The server stops');
    if (running !== undefined) return running;
    const made = (async () => {
      const again = await start();
      await again.request({ kind: 'initialize', config });
      return again;
    })();
    running = made;
    made.then(
      (again) => forgetWhenEnded(again, made),
      () => {
        if (running === made) running = undefined;
      },
    );
    return made;
  };

  return {
    ...introduction,
    initialize: async (checked) => {
      config = checked;
      await within(first.request({ kind: 'initialize', config }), STARTED_WITHIN, 'takes too long to initialize');
    },
    validate: async (submission, signal) => {
      const at = await thread();
      return (await at.request({ kind: 'validate', submission }, signal)) as PluginVerdict;
    },
    onStored: async (id, submission) => {
      const at = await running;
      await at?.request({ kind: 'stored', id, submission });
    },
    statistics: async () => {
      const at = await running;
      const answer = at === undefined ? {} : await within(at.request({ kind: 'statistics' }), STUCK_AFTER, 'is stuck');
      return (typeof answer === 'object' && answer !== null ? answer : {}) as PluginData;
    },
    shutdown: async () => {
      stopped = true;
      const at = await running?.catch(() => undefined);
      if (at === undefined) return;
      try {
        await within(at.request({ kind: 'shutdown' }), STUCK_AFTER, 'is stuck');
      } finally {
        await at.worker.terminate();
      }
    },
  };
}

/** A path below the working directory, or a package that is found from there or else from the server. */
function resolveModule(module: string): string {
  if (module.startsWith('.') || isAbsolute(module)) return pathToFileURL(resolve(module)).href;
  try {
    return pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve(module)).href;
  } catch {
    return module;
  }
}

async function startThread(
  data: WorkerData,
  environment: NodeJS.ProcessEnv,
  workerFile: URL,
  host: PluginHost,
  logger: ValidationLogger,
): Promise<Thread> {
  const worker = new Worker(workerFile, { workerData: data, env: environment });
  worker.unref();
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let number = 0;

  const send = (message: ToWorker): void => worker.postMessage(message);
  const request = (asked: Request, signal?: AbortSignal): Promise<unknown> => {
    const mine = (number += 1);
    return new Promise((done, failed) => {
      calls.set(mine, { resolve: done, reject: failed });
      send({ kind: 'request', number: mine, request: asked });
      signal?.addEventListener('abort', () => {
        calls.delete(mine);
        send({ kind: 'abort', number: mine });
        void endIfStuck(worker, request({ kind: 'ping' }));
      });
    });
  };

  const introduction = new Promise<Introduction>((done, failed) => {
    worker.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'loaded': {
          done(message.introduction);
          return;
        }
        case 'notLoaded': {
          failed(new Error(message.problem));
          return;
        }
        case 'answer': {
          const call = calls.get(message.number);
          calls.delete(message.number);
          if ('error' in message.outcome) call?.reject(new Error(message.outcome.error));
          else call?.resolve(message.outcome.value);
          return;
        }
        case 'host':
          void answerQuestion(host, message).then((outcome) =>
            send({ kind: 'hostAnswer', number: message.number, outcome }),
          );
          return;
        case 'leak':
          logger.warn({ plugin: data.module, problem: message.problem }, 'a validation plugin did not handle an error');
      }
    });
    worker.on('error', (error) => failed(error));
    worker.once('exit', () => {
      const error = new ThreadEndedError('The thread of the plugin has ended');
      failed(error);
      for (const call of calls.values()) call.reject(error);
      calls.clear();
    });
  });
  try {
    return { worker, introduction: await within(introduction, STARTED_WITHIN, 'takes too long to load'), request };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

/** A thread that does not even answer a ping is in a loop that nothing else ends. */
async function endIfStuck(worker: Worker, pong: Promise<unknown>): Promise<void> {
  try {
    await within(pong, STUCK_AFTER, 'is stuck');
  } catch {
    await worker.terminate();
  }
}

async function answerQuestion(
  { lookup, hash }: PluginHost,
  { method, args }: Extract<FromWorker, { kind: 'host' }>,
): Promise<Outcome> {
  const [organization, second, limit, before] = args;
  try {
    if (typeof organization !== 'string') throw new TypeError('The organization must be a string');
    switch (method) {
      case 'ofAdapter':
        if (typeof second !== 'string' || typeof limit !== 'number')
          throw new TypeError('ofAdapter takes an id and a limit');
        if (before !== undefined && typeof before !== 'string') throw new TypeError('before must be an id');
        return { value: await lookup.ofAdapter(organization, second, limit, before) };
      case 'find':
        if (!Array.isArray(second)) throw new TypeError('find takes a list of ids');
        return { value: await lookup.find(organization, second.map(String)) };
      case 'hash':
        if (typeof second !== 'string') throw new TypeError('hash takes a text');
        return { value: await hash(organization, second) };
    }
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'The question has no answer' };
  }
}

/** @throws {Error} with `problem` if it takes longer than `ms` */
async function within<T>(work: Promise<T>, ms: number, problem: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_done, failed) => {
    timer = setTimeout(() => failed(new Error(problem)), ms);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
