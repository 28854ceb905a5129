import type * as Runtime from 'onnxruntime-node';
import { type Static, Type } from 'typebox';
import { type Submission, TEXT_FIELDS, type TextField } from '../../model/submission.js';
import type { ValidationPlugin } from '../contract.js';
import { textFeatures } from './text-features.js';

const Config = Type.Object(
  {
    ml_model_path: Type.String({ minLength: 1 }),
    threshold: Type.Number({ minimum: 0, maximum: 1, default: 0.8 }),
    verdict: Type.Enum(['flag', 'reject'], { type: 'string', default: 'reject' }),
  },
  { additionalProperties: false },
);

/** Features of a model at most: a mistaken shape would otherwise take all memory for each text. */
const MAX_FEATURES = 1 << 20;

/** The version that messages tell to install; `peerDependencies` of package.json allows it. */
const RUNTIME_VERSION = '1.27';

interface Model {
  readonly probability: (text: string) => Promise<number>;
  readonly release: () => Promise<void>;
}

/** Asks an ONNX model for the probability that a text is spam; the most suspicious of the four texts counts. */
export function onnxClassifier(name: string): ValidationPlugin {
  let config: Static<typeof Config>;
  let model: Model | undefined;
  return {
    name,
    version: '1.0.0',
    description: 'Rejects or flags feedback that an ONNX model classifies as spam.',
    configSchema: Config,
    initialize: async (checked) => {
      config = checked as Static<typeof Config>;
      model = await loadModel(config.ml_model_path);
    },
    validate: async (submission) => {
      if (model === undefined) throw new Error('The model is not loaded');
      const { field, probability } = await mostSuspicious(model, submission);
      const data = { field, probability };
      if (probability < config.threshold) return { verdict: 'accept', confidence: 1 - probability, data };
      const percent = Math.round(probability * 100);
      return {
        verdict: config.verdict,
        reasons: [`The ${field} looks like spam to the model (${percent} %)`],
        confidence: probability,
        data,
      };
    },
    shutdown: async () => {
      await model?.release();
    },
  };
}

async function mostSuspicious(
  model: Model,
  submission: Submission,
): Promise<{ readonly field: TextField; readonly probability: number }> {
  let most: { readonly field: TextField; readonly probability: number } = { field: 'question', probability: 0 };
  for (const { field, text } of judgedTexts(submission)) {
    const probability = await model.probability(text);
    if (probability > most.probability) most = { field, probability };
  }
  return most;
}

/** All texts; those of a preference's answers are each an answer. */
function judgedTexts(submission: Submission): readonly { readonly field: TextField; readonly text: string }[] {
  const { candidates } = submission;
  return TEXT_FIELDS.flatMap((field) => {
    if (field === 'answer' && candidates !== undefined)
      return candidates.map(({ answer }) => ({ field, text: answer }));
    const text = submission[field];
    return text === undefined ? [] : [{ field, text }];
  });
}

/** @throws {Error} in one line for whoever configured it */
async function loadModel(path: string): Promise<Model> {
  const { InferenceSession, Tensor } = await loadRuntime();
  let session: Runtime.InferenceSession;
  try {
    // One text is small: more threads would only wait for one another.
    session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  } catch (error) {
    throw new Error(`ml_model_path '${path}' cannot be read as an ONNX model`, { cause: error });
  }
  const { input, output, size } = shapeOf(session, path);
  return {
    probability: async (text) => {
      const answer = await session.run({ [input]: new Tensor('float32', textFeatures(text, size), [1, size]) });
      const probability: unknown = answer[output]?.data[0];
      if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1)) {
        throw new RangeError('The model did not return a probability');
      }
      return probability;
    },
    release: () => session.release(),
  };
}

/** Whoever needs no model need not install 260 MB: the package is an optional peer dependency. */
async function loadRuntime(): Promise<typeof Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new Error(runtimeProblem(error), { cause: error });
  }
}

function runtimeProblem(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
    return `needs the package onnxruntime-node: run 'npm install onnxruntime-node@${RUNTIME_VERSION}'`;
  }
  const reason = error instanceof Error ? error.message.split('\n', 1)[0] : 'something that is no error was thrown';
  return `onnxruntime-node cannot be loaded on this machine: ${reason}`;
}

/** The one input float32[1 or any, N] and the one output. @throws {Error} if the model has another shape */
function shapeOf(session: Runtime.InferenceSession, path: string): { input: string; output: string; size: number } {
  const [input, ...others] = session.inputMetadata;
  const [output] = session.outputNames;
  const size = input?.isTensor === true && input.type === 'float32' && input.shape.length === 2 ? input.shape[1] : 0;
  const fits = typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= MAX_FEATURES;
  if (input === undefined || output === undefined || others.length > 0 || !fits) {
    throw new Error(
      `ml_model_path '${path}' must be a model with one input float32[1, N], N from 1 to ${MAX_FEATURES}, and an output float32[1, 1]`,
    );
  }
  return { input: input.name, output, size };
}
