/** The worker thread of a user's plugin: whatever the plugin does, it is this thread that suffers. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PluginHost, StoredSubmission, ValidationPlugin } from './contract.js';
import type {
  FromWorker,
  HostMethod,
  Introduction,
  Outcome,
  Request,
  ToWorker,
  WorkerData,
} from './worker-messages.js';

if (parentPort === null) throw new Error('This module is the worker thread of a plugin');
const server = parentPort;

function say(message: FromWorker): void {
  server.postMessage(message);
}

function problemOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no error was thrown';
}

process.on('unhandledRejection', (error) => say({ kind: 'leak', problem: problemOf(error) }));
process.on('uncaughtException', (error) => say({ kind: 'leak', problem: problemOf(error) }));

let asked = 0;
const questions = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();

function ask(method: HostMethod, ...args: readonly unknown[]): Promise<unknown> {
  const number = (asked += 1);
  return new Promise((resolve, reject) => {
    questions.set(number, { resolve, reject });
    say({ kind: 'host', number, method, args });
  });
}

const host: PluginHost = {
  lookup: {
    ofAdapter: async (...args) => (await ask('ofAdapter', ...args)) as readonly StoredSubmission[],
    find: async (...args) => (await ask('find', ...args)) as readonly StoredSubmission[],
  },
  hash: async (...args) => (await ask('hash', ...args)) as string,
};

const underWay = new Map<number, AbortController>();

async function answer(plugin: ValidationPlugin, number: number, request: Request): Promise<void> {
  let outcome: Outcome;
  const controller = new AbortController();
  underWay.set(number, controller);
  try {
    outcome = { value: await perform(plugin, request, controller.signal) };
  } catch (error) {
    outcome = { error: problemOf(error) };
  }
  underWay.delete(number);
  try {
    say({ kind: 'answer', number, outcome });
  } catch {
    say({ kind: 'answer', number, outcome: { error: 'the answer holds what cannot be copied between threads' } });
  }
}

function perform(plugin: ValidationPlugin, request: Request, signal: AbortSignal): unknown {
  switch (request.kind) {
    case 'initialize':
      return plugin.initialize?.(request.config, host);
    case 'validate':
      return plugin.validate(request.submission, signal);
    case 'stored':
      return plugin.onStored?.(request.id, request.submission);
    case 'statistics':
      return plugin.statistics?.() ?? {};
    case 'shutdown':
      return plugin.shutdown?.();
    case 'ping':
      return undefined;
  }
}

/** The default export, or what it makes where it is a function. */
async function load(): Promise<ValidationPlugin> {
  const { module } = workerData as WorkerData;
  const loaded = (await import(module)) as { readonly default?: unknown };
  const made: unknown =
    typeof loaded.default === 'function' ? await (loaded.default as () => unknown)() : loaded.default;
  const plugin = made as Partial<ValidationPlugin> | undefined | null;
  if (typeof plugin !== 'object' || plugin === null || typeof plugin.validate !== 'function') {
    throw new TypeError("its default export must be a plugin with a function 'validate', or a function that makes one");
  }
  if (typeof plugin.name !== 'string' || plugin.name === '') throw new TypeError("the plugin must have a 'name'");
  return plugin as ValidationPlugin;
}

function introduce({ name, version, description, configSchema, asynchronous }: ValidationPlugin): Introduction {
  return {
    name,
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(asynchronous === true ? { asynchronous } : {}),
    ...(configSchema === undefined ? {} : { configSchema: JSON.parse(JSON.stringify(configSchema)) as object }),
  };
}

try {
  const plugin = await load();
  server.on('message', (message: ToWorker) => {
    if (message.kind === 'request') void answer(plugin, message.number, message.request);
    else if (message.kind === 'abort') underWay.get(message.number)?.abort();
    else {
      const question = questions.get(message.number);
      questions.delete(message.number);
      if ('error' in message.outcome) question?.reject(new Error(message.outcome.error));
      else question?.resolve(message.outcome.value);
    }
  });
  say({ kind: 'loaded', introduction: introduce(plugin) });
} catch (error) {
  say({ kind: 'notLoaded', problem: problemOf(error) });
}
