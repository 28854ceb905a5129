import { expect, it } from 'vitest';
import { createProgress } from '../../src/cli/progress.js';

function record(terminal: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  let time = 0;
  const progress = createProgress({ ...terminal, write: (text) => written.push(text) }, { now: () => time });
  return {
    progress,
    after: (milliseconds: number) => (time += milliseconds),
    last: () => written.at(-1)?.replace('\r\u001b[K', ''),
    written,
  };
}

it('the progress bar writes nothing where there is no terminal', () => {
  const { progress, written } = record({ isTTY: false });
  progress.phase('feedback', 10);
  progress.advance(10);
  progress.end();
  expect(written).toEqual([]);
});

it('the progress bar shows count, rate and time left, and removes its line at the end', () => {
  const { progress, after, last, written } = record({ isTTY: true, columns: 200 });
  progress.phase('feedback', 1_000_000);
  after(5_000);
  progress.advance(250_000);
  expect(last()).toBe('feedback [#####---------------] 250,000 of 1,000,000, 50,000/s, 15 s left');
  progress.end();
  expect(written.at(-1)).toBe('\r\u001b[K');
});

it('the progress bar shows count and rate alone where the total is unknown or was wrong', () => {
  const { progress, after, last } = record({ isTTY: true });
  progress.phase('audit events');
  after(1_000);
  progress.advance(1_234);
  expect(last()).toBe('audit events 1,234, 1,234/s');
  after(1_000);
  progress.phase('feedback', 100);
  after(1_000);
  progress.advance(200);
  expect(last()).toBe('feedback 200, 200/s');
});

it('the progress bar stays on one line, and writes no more often than anybody can read', () => {
  const { progress, after, written } = record({ isTTY: true, columns: 20 });
  progress.phase('a label that is longer than the terminal is wide', 10);
  for (let step = 0; step < 10; step++) {
    after(1);
    progress.advance(1);
  }
  expect(written).toHaveLength(1);
  expect(written[0]).toHaveLength('\r\u001b[K'.length + 19);
});
