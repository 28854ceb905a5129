// Trains a small spam model and writes it as ONNX: npm run build && node scripts/train-spam-model.js spam_detector.onnx
// A logistic regression on made-up texts, to start from and to test with; docs/validation-plugins.md says how to use it.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SPAM = {
  openings: ['Dear winner,', 'Hurry up!', 'Limited offer:', 'Congratulations!!!', 'Amazing deal,', 'URGENT:'],
  middles: [
    'you have won a free iPhone',
    'earn $5000 a week from home',
    'cheap pills without prescription',
    'double your bitcoin in one day',
    'hot singles are waiting for you',
    'get a loan with no credit check',
    'unlock the secret to instant wealth',
  ],
  endings: [
    'Claim your prize today!',
    'Visit http://win-big.example now',
    'Act fast, offer ends soon!',
    'Reply with your bank details',
  ],
};

const HAM = {
  openings: [
    'How do I',
    'Please explain how to',
    'What is the best way to',
    'The documentation says how to',
    'You can',
    'It is wrong to',
  ],
  middles: [
    'enable sharding in a collection',
    'set the replication factor of a cluster',
    'create an index on two fields',
    'restore a backup to another server',
    'rotate the signing key of the tokens',
    'read the logs of a failed import',
    'upgrade the database without downtime',
  ],
  endings: ['in version 2?', 'with the command line.', 'The default is 3 for production.', 'as the manual shows.'],
};

function texts(parts, count, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  return Array.from({ length: count }, () => {
    const chosen = [pick(parts.openings), pick(parts.middles), pick(parts.endings)];
    return chosen.slice(random() < 0.3 ? 1 : 0, random() < 0.3 ? 2 : 3).join(' ');
  });
}

/**
 * @param {(text: string, size: number) => Float32Array} textFeatures as the server computes them
 * @returns {{ model: Buffer, spam: string[], ham: string[] }} the ONNX file, and texts that it was not trained on
 */
export function trainSpamModel(textFeatures, { size = 1024, examples = 400, rounds = 60, seed = 7 } = {}) {
  const random = randomNumbers(seed);
  const rows = [
    ...texts(SPAM, examples, random).map((text) => ({ features: textFeatures(text, size), label: 1 })),
    ...texts(HAM, examples, random).map((text) => ({ features: textFeatures(text, size), label: 0 })),
  ];
  const weights = new Float32Array(size);
  let bias = 0;
  for (let round = 0; round < rounds; round += 1) {
    const rate = 4 / (1 + round / 10);
    for (let step = 0; step < rows.length; step += 1) {
      const { features, label } = rows[Math.floor(random() * rows.length)];
      let sum = bias;
      for (let place = 0; place < size; place += 1) sum += weights[place] * features[place];
      const error = label - 1 / (1 + Math.exp(-sum));
      bias += rate * 0.1 * error;
      for (let place = 0; place < size; place += 1) weights[place] += rate * error * features[place];
    }
  }
  return { model: logisticModel(weights, bias), spam: texts(SPAM, 20, random), ham: texts(HAM, 20, random) };
}

/** sigmoid(features · weights + bias) as an ONNX model: float32[1, N] → float32[1, 1]. */
export function logisticModel(weights, bias) {
  const graph = [
    message(1, node('Gemm', ['features', 'weights', 'bias'], 'score')),
    message(1, node('Sigmoid', ['score'], 'probability')),
    text(2, 'spam'),
    message(5, tensor('weights', [weights.length, 1], weights)),
    message(5, tensor('bias', [1], [bias])),
    message(11, valueInfo('features', [1, weights.length])),
    message(12, valueInfo('probability', [1, 1])),
  ];
  // ir_version 8, opset 13.
  return Buffer.concat([
    number(1, 8),
    message(8, [text(1, ''), number(2, 13)]),
    text(2, 'feedback-graph'),
    message(7, graph),
  ]);
}

// The few messages of onnx.proto that this takes, in the encoding of protocol buffers.
const FLOAT = 1;

function node(operator, inputs, output) {
  return [...inputs.map((input) => text(1, input)), text(2, output), text(3, operator), text(4, operator)];
}

function tensor(name, dimensions, values) {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return [...dimensions.map((size) => number(1, size)), number(2, FLOAT), text(8, name), message(9, [bytes])];
}

function valueInfo(name, dimensions) {
  const shape = dimensions.map((size) => message(1, [number(1, size)]));
  return [text(1, name), message(2, [message(1, [number(1, FLOAT), message(2, shape)])])];
}

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

function number(field, value) {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function message(field, parts) {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function text(field, value) {
  return message(field, [Buffer.from(value)]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { textFeatures } = await import('../dist/validation/built-in/text-features.js');
  const path = process.argv[2] ?? 'spam_detector.onnx';
  await writeFile(path, trainSpamModel(textFeatures).model);
  process.stdout.write(`${path} is written\n`);
}
