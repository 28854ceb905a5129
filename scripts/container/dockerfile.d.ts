export interface Step {
  readonly keyword: string;
  /** Of WORKDIR, USER, VOLUME, EXPOSE and STOPSIGNAL. */
  readonly value?: string;
  /** Of RUN. */
  readonly command?: string;
  /** Of COPY: the stage, and the paths. */
  readonly from?: string;
  readonly sources?: readonly string[];
  readonly target?: string;
  /** Of ENV. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Of ENTRYPOINT, CMD and HEALTHCHECK. */
  readonly argv?: readonly string[];
}

export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly steps: readonly Step[];
}

export function readStages(text: string): Stage[];
