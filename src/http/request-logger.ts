import type { FastifyBaseLogger } from 'fastify';

type Bindings = Parameters<FastifyBaseLogger['child']>[0];
type ChildOptions = Parameters<FastifyBaseLogger['child']>[1];
type Line = [about: unknown, message?: string, ...more: unknown[]];

/**
 * The logger of one request, made when there is something to log: most requests log nothing, and to make one costs as much as
 * checking the token.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: Bindings;
  readonly #options: ChildOptions;
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, bindings: Bindings, options?: ChildOptions) {
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  get level(): string {
    return this.#logger().level;
  }

  set level(level: string) {
    this.#logger().level = level;
  }

  fatal(...line: Line): void {
    this.#logger().fatal(...line);
  }

  error(...line: Line): void {
    this.#logger().error(...line);
  }

  warn(...line: Line): void {
    this.#logger().warn(...line);
  }

  info(...line: Line): void {
    this.#logger().info(...line);
  }

  debug(...line: Line): void {
    this.#logger().debug(...line);
  }

  trace(...line: Line): void {
    this.#logger().trace(...line);
  }

  silent(...line: Line): void {
    this.#logger().silent(...line);
  }

  child(bindings: Bindings, options?: ChildOptions): FastifyBaseLogger {
    return this.#logger().child(bindings, options);
  }

  #logger(): FastifyBaseLogger {
    return (this.#made ??= this.#parent.child(this.#bindings, this.#options));
  }
}
