/** A progress bar: one line on a terminal that is written over and over, and nothing anywhere else. */

/** Where it is written: `process.stderr`, so that what was asked for can go elsewhere. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface Progress {
  /** A new part begins, of `total` steps where that is known; it may turn out to be more or fewer. */
  phase(label: string, total?: number): void;
  advance(steps: number): void;
  /** Takes the line away. Call it before anything else is written, also after an error. */
  end(): void;
}

export interface ProgressOptions {
  /** Milliseconds of a clock that does not go back. */
  readonly now?: () => number;
  /** How a number of steps is written. */
  readonly format?: (steps: number) => string;
}

const SILENT: Progress = { phase: () => undefined, advance: () => undefined, end: () => undefined };

/** How often the line is written at most, ms. */
const INTERVAL = 100;
const BAR_CELLS = 20;
const CLEAR = '\r\u001b[K';
/** Before this a rate says nothing, ms. */
const FIRST_RATE = 500;

/** Shows count, rate and time left, on a terminal only. */
export function createProgress(output: ProgressOutput, options: ProgressOptions = {}): Progress {
  if (output.isTTY !== true) return SILENT;
  const { now = () => performance.now(), format = formatCount } = options;
  let label = '';
  let total: number | undefined;
  let done = 0;
  let started = now();
  let written = -Infinity;

  const show = (): void => {
    const time = now();
    if (time - written < INTERVAL) return;
    written = time;
    const line = progressLine({ label, total, done, elapsed: time - started, format });
    output.write(CLEAR + line.slice(0, Math.max(1, (output.columns ?? 80) - 1)));
  };
  return {
    phase: (newLabel, newTotal) => {
      label = newLabel;
      total = newTotal;
      done = 0;
      started = now();
      show();
    },
    advance: (steps) => {
      done += steps;
      show();
    },
    end: () => {
      output.write(CLEAR);
    },
  };
}

interface ProgressState {
  readonly label: string;
  readonly total: number | undefined;
  readonly done: number;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly format: (steps: number) => string;
}

/** @example `feedback [#####---------------] 250,000 of 1,000,000, 50,000/s, 15 s left` */
export function progressLine({ label, total, done, elapsed, format }: ProgressState): string {
  const rate = elapsed >= FIRST_RATE && done > 0 ? done / (elapsed / 1000) : undefined;
  // A total that is passed was wrong.
  const known = total !== undefined && total > 0 && done <= total ? total : undefined;
  const filled = known === undefined ? 0 : Math.floor((done / known) * BAR_CELLS);
  const bar = known === undefined ? '' : ` [${'#'.repeat(filled)}${'-'.repeat(BAR_CELLS - filled)}]`;
  const parts = [known === undefined ? format(done) : `${format(done)} of ${format(known)}`];
  if (rate !== undefined) parts.push(`${format(Math.round(rate))}/s`);
  if (rate !== undefined && known !== undefined) parts.push(`${formatSeconds((known - done) / rate)} left`);
  return `${label}${bar} ${parts.join(', ')}`;
}

const COUNT = new Intl.NumberFormat('en-US');

function formatCount(steps: number): string {
  return COUNT.format(steps);
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
