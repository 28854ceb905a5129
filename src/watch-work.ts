/** Lets somebody look on at work that belongs to no request, or outlives the one that has asked for it, as telemetry does. */
import type { IncomingHttpHeaders } from 'node:http';

/** What is told of work, named as attributes of OpenTelemetry are. Nothing that anybody has written is among it. */
export type WorkFacts = Readonly<Record<string, string | number | boolean>>;

export interface WorkStart {
  /** One of few. */
  readonly name: string;
  /** `server` for what a client waits for; else it is within this one. */
  readonly kind?: 'server';
  readonly facts: WorkFacts;
  /** Of the request that began it, which may say what that belongs to. */
  readonly headers?: IncomingHttpHeaders;
  /** Whether the request that is under way has asked for it. */
  readonly isAsked?: boolean;
}

export interface WatchedWork {
  /** Does a part of it. */
  readonly within: <Done>(part: () => Promise<Done>) => Promise<Done>;
  /**
   * It is over. What turns out to be nothing is never ended, and told of by nobody.
   * @param failure the error that ended it, or a word for what went wrong
   */
  readonly end: (facts?: WorkFacts, failure?: unknown) => void;
}

export type WatchWork = (start: WorkStart) => WatchedWork;

/** Nobody looks on. */
export const unwatched: WatchWork = () => ({ within: (part) => part(), end: () => undefined });
