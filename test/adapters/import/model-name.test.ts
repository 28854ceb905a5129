import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelName } from '../../../src/adapters/import/model-name.js';

describe('the name of a model', () => {
  it.each([
    ['meta-llama/Llama-2-7b-hf', 'meta-llama/Llama-2-7b-hf'],
    [' gpt2 ', 'gpt2'],
    ['decapoda-research/llama-7b-hf/', 'decapoda-research/llama-7b-hf'],
    ['https://huggingface.co/EleutherAI/llemma_7b', 'EleutherAI/llemma_7b'],
    ['https://huggingface.co/gpt2?library=peft', 'gpt2'],
  ])('%j of a hub is %j', (text, id) => {
    expect(modelName(text)).toEqual({ id, isPath: false });
  });

  it('in an address of a hub may have a revision', () => {
    expect(modelName('https://huggingface.co/EleutherAI/llemma_7b/tree/refs')).toEqual({
      id: 'EleutherAI/llemma_7b',
      revision: 'refs',
      isPath: false,
    });
  });

  it.each([
    ['/home/ann/models/llama-2-7b', 'llama-2-7b'],
    ['/home/ann/models/llama-2-7b/', 'llama-2-7b'],
    ['./llama', 'llama'],
    ['../out/final/', 'final'],
    ['models/../llama', 'llama'],
    ['out/run-1/final', 'final'],
    ['~/llama', 'llama'],
    [String.raw`C:\Users\ann\llama`, 'llama'],
    [String.raw`D:/models\llama`, 'llama'],
    [String.raw`\\server\share\llama`, 'llama'],
    ['file:///home/ann/llama', 'llama'],
    ['s3://bucket/key/llama', 'llama'],
    ['https://ann:secret@example.com/llama', 'llama'],
  ])('%j is a path to %j', (text, id) => {
    expect(modelName(text)).toEqual({ id, isPath: true });
  });

  it('is what the cache of a hub says, where a path leads into one', () => {
    const sha = '902d6349aebd6a0f82b1f6280ea57f65e0d03638';
    expect(modelName(`/public/home/ann/resources/models--meta-llama--Llama-2-7b-chat-hf/snapshots/${sha}`)).toEqual({
      id: 'meta-llama/Llama-2-7b-chat-hf',
      revision: sha,
      isPath: true,
    });
    expect(modelName('/cache/models--gpt2')).toEqual({ id: 'gpt2', isPath: true });
  });

  it.each(['', ' ', '/', '.', '..', '../..', '~', 'C:', String.raw`C:\ `.trim(), 'file:', 'https://huggingface.co/'])(
    '%j names none',
    (text) => {
      expect(modelName(text)).toBeUndefined();
    },
  );

  it('never has what stood before the last part of a path', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/);
    fc.assert(
      fc.property(
        fc.constantFrom('/', 'C:\\', '~/', './', '../', 'file:///', '\\\\'),
        fc.array(
          part.map((each) => `dir-${each}`),
          { minLength: 1 },
        ),
        part,
        (root, directories, last) => {
          const separator = root.includes('\\') ? '\\' : '/';
          expect(modelName(root + [...directories, last].join(separator))).toEqual({ id: last, isPath: true });
        },
      ),
    );
  });

  it('is found or not for every text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[./\\~:a-z-]*$/)), (text) => {
        const name = modelName(text);
        if (name !== undefined) expect(name.id).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });
});
