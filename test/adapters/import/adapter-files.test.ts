import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdapterFiles, readAdapterFiles } from '../../../src/adapters/import/adapter-files.js';
import { frontMatter } from '../../../src/adapters/import/model-card.js';
import { InvalidInputError } from '../../../src/errors.js';

/** What PEFT writes, with the fields of a real configuration. */
function peftConfig(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    alpha_pattern: {},
    auto_mapping: null,
    base_model_name_or_path: 'mistralai/Mistral-7B-Instruct-v0.2',
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    loftq_config: {},
    lora_alpha: 16,
    lora_dropout: 0.05,
    modules_to_save: null,
    peft_type: 'LORA',
    r: 8,
    rank_pattern: {},
    revision: null,
    target_modules: ['q_proj', 'v_proj'],
    task_type: 'CAUSAL_LM',
    ...fields,
  });
}

const NO_BASE_MODEL = 'No base model was found; name it with baseModel (--base-model) to have a lineage';
const LORA = { peftType: 'LORA', rank: 8, loraAlpha: 16, targetModules: ['q_proj', 'v_proj'] };

function readCase(file: string, name = '13-card-datasets-null'): string {
  return readFileSync(new URL(`../../fixtures/cases/${name}/${file}`, import.meta.url), 'utf8');
}

function problemsOf(files: AdapterFiles): string[] {
  try {
    readAdapterFiles(files);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.issues.map(({ field, problem }) => `${field} ${problem}`);
    throw error;
  }
  return [];
}

describe('the files of a training', () => {
  it('of a LoRA on a base model', () => {
    expect(readAdapterFiles({ adapterConfig: peftConfig({ revision: 'main' }) })).toEqual({
      properties: { baseModel: 'mistralai/Mistral-7B-Instruct-v0.2', ...LORA },
      parents: [{ id: 'mistralai/Mistral-7B-Instruct-v0.2', relation: 'adapter', revision: 'main' }],
      notes: [],
    });
  });

  it('with the card that PEFT writes beside it', () => {
    const modelCard = `---
base_model: mistralai/Mistral-7B-Instruct-v0.2
library_name: peft
tags:
- generated_from_trainer
datasets:
- HuggingFaceH4/ultrachat_200k
model-index:
- name: out
  results: []
---

# out

---
base_model: not this one
---
`;
    expect(readAdapterFiles({ adapterConfig: peftConfig(), modelCard })).toEqual({
      properties: {
        baseModel: 'mistralai/Mistral-7B-Instruct-v0.2',
        ...LORA,
        datasets: ['HuggingFaceH4/ultrachat_200k'],
      },
      parents: [{ id: 'mistralai/Mistral-7B-Instruct-v0.2', relation: 'adapter' }],
      notes: [],
    });
  });

  it('of an adapter that was trained on from another adapter', () => {
    const modelCard = '---\nbase_model: acme/help-lora-v1\nbase_model_relation: finetune\n---\n';
    const { properties, parents } = readAdapterFiles({ adapterConfig: peftConfig(), modelCard });
    expect(properties.baseModel).toBe('mistralai/Mistral-7B-Instruct-v0.2');
    expect(parents).toEqual([
      { id: 'acme/help-lora-v1', relation: 'finetune' },
      { id: 'mistralai/Mistral-7B-Instruct-v0.2', relation: 'adapter' },
    ]);
  });

  it('of a merge of several models, each once', () => {
    const modelCard =
      '\uFEFF---\r\nbase_model:\r\n- teknium/OpenHermes-2.5-Mistral-7B\r\n- Intel/neural-chat-7b-v3-3\r\n' +
      '- teknium/OpenHermes-2.5-Mistral-7B\r\ntags:\r\n- merge\r\n---\r\n# Merge\r\n';
    expect(readAdapterFiles({ modelCard })).toEqual({
      properties: {},
      parents: [
        { id: 'teknium/OpenHermes-2.5-Mistral-7B', relation: 'merge' },
        { id: 'Intel/neural-chat-7b-v3-3', relation: 'merge' },
      ],
      notes: [],
    });
  });

  it('of a quantized model', () => {
    const modelCard = '---\nbase_model:\n- nlpai-lab/KULLM3\nbase_model_relation: quantized\n---\n';
    expect(readAdapterFiles({ modelCard })).toEqual({
      properties: { baseModel: 'nlpai-lab/KULLM3' },
      parents: [{ id: 'nlpai-lab/KULLM3', relation: 'quantized' }],
      notes: [],
    });
  });

  it('of other methods, with a pattern of modules, without what LoRA alone has', () => {
    const adapterConfig = JSON.stringify({
      peft_type: 'IA3',
      target_modules: '.*\\.(q|v)_proj',
      base_model_name_or_path: null,
    });
    expect(readAdapterFiles({ adapterConfig })).toEqual({
      properties: { peftType: 'IA3', targetModules: ['.*\\.(q|v)_proj'] },
      parents: [],
      notes: [NO_BASE_MODEL],
    });
  });

  it('with a path as base model tell the last part of it alone, and say so', () => {
    const path = '/home/ann/secret-project/llama-2-7b';
    const modelCard = `---\nbase_model: ${path}\ndatasets: acme/questions\n---\n`;
    const facts = readAdapterFiles({ adapterConfig: peftConfig({ base_model_name_or_path: path }), modelCard });
    expect(facts).toEqual({
      properties: { baseModel: 'llama-2-7b', ...LORA, datasets: ['acme/questions'] },
      parents: [{ id: 'llama-2-7b', relation: 'adapter' }],
      notes: ["The files name a base model by a path on the training machine; it is stored as 'llama-2-7b'"],
    });
    const named = readAdapterFiles({
      adapterConfig: peftConfig({ base_model_name_or_path: path }),
      modelCard,
      baseModel: 'meta-llama/Llama-2-7b-hf',
    });
    expect(named.parents).toEqual([{ id: 'meta-llama/Llama-2-7b-hf', relation: 'adapter' }]);
    expect(named.notes).toEqual([]);
    expect(JSON.stringify([facts, named])).not.toMatch(/ann|secret/);
  });

  it('in the cache of a hub tell model and revision', () => {
    const cache = '/home/ann/.cache/huggingface/hub/models--meta-llama--Llama-2-7b-chat-hf/snapshots/902d63';
    expect(readAdapterFiles({ adapterConfig: peftConfig({ base_model_name_or_path: cache }) }).parents).toEqual([
      { id: 'meta-llama/Llama-2-7b-chat-hf', relation: 'adapter', revision: '902d63' },
    ]);
  });

  it.each([
    '',
    '# A card',
    '---\nno end',
    '----\nbase_model: x\n----\n',
    'text\n---\nbase_model: x\n---\n',
    '---\n---\n',
    '---\nlicense: mit\n---\n',
  ])('of which nothing is understood are refused: the card %j', (modelCard) => {
    const problem = "must have a model card's front matter: nothing in it says what the adapter is";
    expect(problemsOf({ modelCard })).toEqual([`modelCard ${problem}`]);
    // Beside a file that is understood it does no harm.
    expect(readAdapterFiles({ modelCard, adapterConfig: peftConfig() }).parents).toHaveLength(1);
  });

  it('of which nothing is understood are refused: a configuration of something else', () => {
    const problem =
      'must have what PEFT writes, such as base_model_name_or_path: nothing in it says what the adapter is';
    for (const adapterConfig of ['{}', readCase('empty-adapter_config.json')]) {
      expect(problemsOf({ adapterConfig })).toEqual([`adapterConfig ${problem}`]);
    }
  });

  it('without a base model say so', () => {
    for (const modelCard of [readCase('trl-README.md'), '---\nbase_model: []\n---\n', '---\ntags: [lora]\n---\n']) {
      expect(readAdapterFiles({ modelCard })).toEqual({ properties: {}, parents: [], notes: [NO_BASE_MODEL] });
      expect(readAdapterFiles({ modelCard, baseModel: 'acme/base' })).toEqual({
        properties: { baseModel: 'acme/base' },
        parents: [{ id: 'acme/base' }],
        notes: [],
      });
    }
  });

  it('with null among datasets and base models leave it out', () => {
    const [parent] = readAdapterFiles({ modelCard: readCase('README.md') }).parents;
    expect(parent).toEqual({ id: 'bert-base-uncased' });
    const modelCard = '---\nbase_model: [null, acme/base, ""]\ndatasets: [null, acme/questions, " "]\n---\n';
    expect(readAdapterFiles({ modelCard })).toEqual({
      properties: { baseModel: 'acme/base', datasets: ['acme/questions'] },
      parents: [{ id: 'acme/base' }],
      notes: [],
    });
  });

  it.each<[string, string, string, readonly string[]]>([
    ['its last part', '/root/models/Qwen2.5-VL-3B-Instruct', 'Qwen/Qwen2.5-VL-3B-Instruct', []],
    ['its last part in another case', 'C:\\models\\llama-2-7B-hf', 'meta-llama/Llama-2-7b-hf', []],
    ['no part of it, but it is the only one', '/root/llama2', 'meta-llama/Llama-2-7b-hf', []],
    ['no part of it, but it is the only one that says something', '/root/out/final', 'meta-llama/Llama-2-7b-hf', []],
  ])('that name one model by a path and by %s have one parent', (_name, path, id, notes) => {
    const modelCard = `---\nbase_model: ${id}\n---\n`;
    const facts = readAdapterFiles({ adapterConfig: peftConfig({ base_model_name_or_path: path }), modelCard });
    expect(facts).toEqual({ properties: { baseModel: id, ...LORA }, parents: [{ id, relation: 'adapter' }], notes });
    const turned = readAdapterFiles({
      adapterConfig: peftConfig({ base_model_name_or_path: id }),
      modelCard: `---\nbase_model: '${path}'\n---\n`,
    });
    expect(turned.parents).toEqual([{ id, relation: 'adapter' }]);
  });

  it.each([
    '/root/out/checkpoint-500',
    'out/checkpoint-500',
    'checkpoint-500',
    '../output/final',
    '/mnt/run_3/best_model',
    'C:\\lora\\merged',
    './models',
    '/data/global_step1200',
  ])('that name a base model by %j alone, as many trainings do, have no parent and say so', (path) => {
    const facts = readAdapterFiles({ adapterConfig: peftConfig({ base_model_name_or_path: path }) });
    expect([facts.parents, facts.properties]).toEqual([[], LORA]);
    expect(facts.notes).toEqual([expect.stringContaining('does not say which model it is'), NO_BASE_MODEL]);
    const named = readAdapterFiles({ adapterConfig: peftConfig({ base_model_name_or_path: path }), baseModel: 'a/b' });
    expect([named.parents, named.notes]).toEqual([[{ id: 'a/b', relation: 'adapter' }], []]);
  });

  it('of a merge that names models several times have each once', () => {
    const { parents } = readAdapterFiles({ modelCard: readCase('merge-README.md', '17-works') });
    expect(parents).toHaveLength(4);
    expect(new Set(parents.map(({ relation }) => relation))).toEqual(new Set(['merge']));
  });

  it.each<[AdapterFiles, string[]]>([
    [{}, ["adapterConfig or 'modelCard' must be given"]],
    [{ adapterConfig: '' }, ['adapterConfig must be a JSON object']],
    [{ adapterConfig: '[]' }, ['adapterConfig must be a JSON object']],
    [{ adapterConfig: '{' }, ['adapterConfig must be a JSON object']],
    [{ adapterConfig: `"${'x'.repeat(131_071)}"` }, ['adapterConfig must be at most 131072 bytes of UTF-8']],
    [
      { adapterConfig: peftConfig({ r: 1.5, lora_alpha: 0, peft_type: 5 }) },
      [
        'adapterConfig.peft_type must be a string',
        'adapterConfig.r must be an integer from 1 to 1000000',
        'adapterConfig.lora_alpha must be a number above 0, at most 1000000000',
      ],
    ],
    [
      { adapterConfig: peftConfig({ target_modules: [1] }) },
      ['adapterConfig.target_modules must be a string or a list of strings'],
    ],
    [
      { adapterConfig: peftConfig({ target_modules: Array(2_001).fill('x') }) },
      ['adapterConfig.target_modules must name at most 2000 modules'],
    ],
    [
      { adapterConfig: peftConfig({ base_model_name_or_path: '../' }) },
      ['adapterConfig.base_model_name_or_path must name a model, not just a directory'],
    ],
    [
      { adapterConfig: peftConfig({ base_model_name_or_path: 'batch-7' }) },
      [
        "adapterConfig.base_model_name_or_path must not start with 'feedback-' or 'batch-', which name other kinds of nodes",
      ],
    ],
    [
      { adapterConfig: peftConfig({ revision: 'a\nb' }) },
      ['adapterConfig.revision must not contain control characters'],
    ],
    [{ modelCard: '---\nbase_model: [1]\n---\n' }, ['modelCard.base_model must be a string or a list of strings']],
    [{ modelCard: '---\nbase_model: {a: b}\n---\n' }, ['modelCard.base_model must be a string or a list of strings']],
    [
      { modelCard: '---\nbase_model_relation: child\n---\n' },
      ['modelCard.base_model_relation must be one of adapter, finetune, merge, quantized'],
    ],
    [
      { modelCard: `---\nbase_model: [${Array.from({ length: 33 }, (_, index) => `m${index}`).join()}]\n---\n` },
      ['modelCard.base_model must name at most 32 adapters'],
    ],
    [{ modelCard: '---\n- base_model\n---\n' }, ['modelCard must have a YAML mapping as its front matter']],
    [
      { modelCard: '---\nlicense: mit\nbase_model: "x\n---\n' },
      ['modelCard must have YAML as its front matter, which line 4 is not'],
    ],
    [
      { modelCard: `---\na: ${'x'.repeat(70_000)}\n---\n` },
      ['modelCard front matter must be at most 32768 bytes of UTF-8'],
    ],
  ])('are refused: case %#', (files, problems) => {
    expect(problemsOf(files)).toEqual(problems);
  });

  it('that are made to exhaust their reader are refused', () => {
    const names = 'a b c d e f g h i'.split(' ');
    const bomb = names.map((name, index) => {
      const before = names[index - 1];
      return `${name}: &${name} [${Array(9)
        .fill(before === undefined ? 'x' : `*${before}`)
        .join(', ')}]`;
    });
    const unreadable =
      'modelCard must have front matter that can be read: it has too many aliases, or is nested too deeply';
    expect(problemsOf({ modelCard: `---\n${bomb.join('\n')}\n---\n` })).toEqual([unreadable]);
    for (const nested of [`a: ${'['.repeat(30_000)}`, '? '.repeat(15_000), '{'.repeat(30_000), '- '.repeat(15_000)]) {
      expect(problemsOf({ modelCard: `---\n${nested}\n---\n` })).toHaveLength(1);
    }
    expect(problemsOf({ adapterConfig: `{"a": ${'['.repeat(120_000)}` })).toEqual([
      'adapterConfig must be a JSON object',
    ]);
  });

  it('have no effect by their tags', () => {
    const modelCard = `---
base_model: !!python/object/apply:os.system ["echo"]
datasets: !secret acme/questions
__proto__: {polluted: true}
constructor: x
---
`;
    const { parents, properties } = readAdapterFiles({ modelCard });
    expect(parents).toEqual([{ id: 'echo' }]);
    expect(properties).toEqual({ baseModel: 'echo', datasets: ['acme/questions'] });
    expect({}).not.toHaveProperty('polluted');
  });

  it('are read or refused, whatever is in them', () => {
    const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }));
    const fields = ['base_model_name_or_path', 'revision', 'peft_type', 'r', 'lora_alpha', 'target_modules'];
    const config = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.dictionary(fc.constantFrom(...fields), value).map((object) => JSON.stringify(object)),
    );
    const yaml = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.stringMatching(/^[-:[\]{}&*!|>'"#%@,? \n\ta-c]{0,80}$/),
      fc
        .dictionary(fc.constantFrom('base_model', 'base_model_relation', 'datasets', '<<', '__proto__'), value)
        .map((object) => JSON.stringify(object)),
    );
    const card = fc.oneof(
      yaml,
      yaml.map((text) => `---\n${text}\n---\n`),
    );
    fc.assert(
      fc.property(
        fc.record({ adapterConfig: config, modelCard: card, baseModel: fc.string() }, { requiredKeys: [] }),
        (files) => {
          const problems = problemsOf(files);
          if (problems.length > 0) return;
          const { parents } = readAdapterFiles(files);
          expect(parents.length).toBeLessThanOrEqual(32);
          expect(new Set(parents.map(({ id }) => id)).size).toBe(parents.length);
          for (const { id } of parents) expect(Buffer.byteLength(id)).toBeLessThanOrEqual(256);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('have a front matter that is the text between the first lines of dashes', () => {
    const lines = fc.array(fc.stringMatching(/^[a-z: -]{0,10}$/).filter((line) => !/^--- *$/.test(line)));
    fc.assert(
      fc.property(lines, fc.string(), (inside, after) => {
        const text = inside.map((line) => `${line}\n`).join('');
        expect(frontMatter(`---\n${text}---\n${after}`)).toBe(text);
      }),
    );
  });
});
