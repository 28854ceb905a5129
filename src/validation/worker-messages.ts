/** What a server and the worker thread of a user's plugin say to each other. */
import type { ConfigSchema, PluginSubmission } from './contract.js';

export interface WorkerData {
  /** What to import: a file URL or the name of a package. */
  readonly module: string;
}

/** Asks that the worker answers, each under its number. */
export type Request =
  | { readonly kind: 'initialize'; readonly config: Readonly<Record<string, unknown>> }
  | { readonly kind: 'validate'; readonly submission: PluginSubmission }
  | { readonly kind: 'stored'; readonly id: string; readonly submission: PluginSubmission }
  | { readonly kind: 'statistics' }
  | { readonly kind: 'shutdown' }
  /** Answered at once by a worker whose thread is not stuck. */
  | { readonly kind: 'ping' };

export type ToWorker =
  | { readonly kind: 'request'; readonly number: number; readonly request: Request }
  | { readonly kind: 'abort'; readonly number: number }
  | { readonly kind: 'hostAnswer'; readonly number: number; readonly outcome: Outcome };

export type Outcome = { readonly value: unknown } | { readonly error: string };

/** What the plugin says of itself once its module is loaded. */
export interface Introduction {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly configSchema?: ConfigSchema;
  readonly asynchronous?: boolean;
}

export type HostMethod = 'ofAdapter' | 'find' | 'hash';

export type FromWorker =
  | { readonly kind: 'loaded'; readonly introduction: Introduction }
  | { readonly kind: 'notLoaded'; readonly problem: string }
  | { readonly kind: 'answer'; readonly number: number; readonly outcome: Outcome }
  | { readonly kind: 'host'; readonly number: number; readonly method: HostMethod; readonly args: readonly unknown[] }
  /** Something failed that no call waits for. */
  | { readonly kind: 'leak'; readonly problem: string };
