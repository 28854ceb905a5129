import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { logisticModel, trainSpamModel } from '../../scripts/train-spam-model.js';
import { textFeatures } from '../../src/validation/built-in/text-features.js';
import { startValidation, type Validation } from '../../src/validation/registry.js';

let directory: string;
let validation: Validation;
const trained = trainSpamModel(textFeatures);
const options = {
  host: { lookup: { ofAdapter: () => Promise.resolve([]), find: () => Promise.resolve([]) }, hash: () => '' },
  logger: { warn: () => undefined },
};
const start = (path: string): Promise<Validation> =>
  startValidation([{ name: 'custom_spam_detector', config: { ml_model_path: path, threshold: 0.8 } }], options);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-onnx-'));
  const path = join(directory, 'spam.onnx');
  await writeFile(path, trained.model);
  validation = await start(path);
});
afterAll(async () => {
  await validation.stop();
  await rm(directory, { recursive: true, force: true });
});

const judge = (comment: string) =>
  validation.validate(
    { type: 'positive', question: 'How do I read the logs?', answer: 'You can read them.', comment },
    'o',
  );

it('the ONNX classifier rejects spam that its model was not trained on, and nothing else', async () => {
  for (const text of trained.spam) expect((await judge(text)).status, text).toBe('rejected');
  for (const text of trained.ham) expect((await judge(text)).status, text).toBe('approved');
});

it('the ONNX classifier reports its confidence, and which text it is about', async () => {
  const verdict = await judge('Congratulations!!! you have won a free iPhone Claim your prize today!');
  expect(verdict.reasons[0]).toMatch(/^The comment looks like spam to the model \(\d+ %\)$/);
  expect(verdict.findings?.[0]?.confidence).toBeGreaterThanOrEqual(0.8);
});

it('the confidence of the ONNX classifier is the output of its model', async () => {
  const path = join(directory, 'known.onnx');
  // Without weights it is the sigmoid of the bias: of 2, 0.8808.
  await writeFile(path, logisticModel(new Float32Array(16), 2));
  const known = await start(path);
  const verdict = await known.validate({ type: 'positive', question: 'any', answer: 'other' }, 'o');
  expect(verdict.findings?.[0]?.confidence).toBeCloseTo(0.8808, 4);
  await known.stop();
});

it('the ONNX classifier ignores case and white space', () => {
  expect(textFeatures('Free  Money\n', 64)).toEqual(textFeatures('free money', 64));
  expect(textFeatures('free money', 64)).not.toEqual(textFeatures('free honey', 64));
  expect(textFeatures('', 64).every((value) => value === 0)).toBe(true);
});
