import { beforeAll, describe, expect, it } from 'vitest';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

const IMPORT = `mutation ($input: ImportAdapterInput!) {
  importAdapter(input: $input) {
    notes
    adapter {
      id revision version baseModel peftType rank loraAlpha targetModules datasets
      derivedFrom { edges { relation revision node { id } } }
    }
  }
}`;
const TRAINER = { roles: ['trainer'] };
const CONFIG = {
  base_model_name_or_path: 'meta-llama/Llama-2-7b-hf',
  revision: 'refs/pr/3',
  peft_type: 'LORA',
  r: 8,
  lora_alpha: 16,
  target_modules: ['q_proj', 'v_proj'],
};

function importing(input: Record<string, unknown>, claims: { org?: string; roles?: readonly string[] } = TRAINER) {
  return server.graphql(IMPORT, { input }, claims);
}

describe('importAdapter', () => {
  it('makes the adapter and its edges from the files of a training', async () => {
    const { data, errors } = await importing({
      id: 'acme/help-lora',
      version: 'v1',
      adapterConfig: JSON.stringify(CONFIG),
      modelCard: '---\nbase_model: acme/first-lora\ndatasets: [acme/questions]\n---\n# Help\n',
    });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      importAdapter: {
        notes: [],
        adapter: {
          id: 'acme/help-lora',
          revision: 1,
          version: 'v1',
          baseModel: 'meta-llama/Llama-2-7b-hf',
          peftType: 'LORA',
          rank: 8,
          loraAlpha: 16,
          targetModules: ['q_proj', 'v_proj'],
          datasets: ['acme/questions'],
          derivedFrom: {
            edges: [
              { relation: 'ADAPTER', revision: null, node: { id: 'acme/first-lora' } },
              { relation: 'ADAPTER', revision: 'refs/pr/3', node: { id: 'meta-llama/Llama-2-7b-hf' } },
            ],
          },
        },
      },
    });
  });

  it('adds to what is known, and takes back the parents that the files no longer name', async () => {
    const register = `mutation { registerAdapter(id: "known", derivedFrom: ["old", "meta-llama/Llama-2-7b-hf"]) { id } }`;
    await server.graphql(register, {}, TRAINER);
    await importing({ id: 'known', modelCard: '---\ndatasets: [acme/questions]\n---\n' });
    const { data } = await importing({ id: 'known', adapterConfig: JSON.stringify(CONFIG) });
    expect(data).toMatchObject({
      importAdapter: {
        adapter: {
          revision: 3,
          datasets: ['acme/questions'],
          derivedFrom: {
            edges: [{ relation: 'ADAPTER', revision: 'refs/pr/3', node: { id: 'meta-llama/Llama-2-7b-hf' } }],
          },
        },
      },
    });
  });

  it('keeps no path of the machine that trained', async () => {
    const config = { ...CONFIG, base_model_name_or_path: '/home/ann/private/llama-2-7b' };
    const { data } = await importing({ id: 'from-a-path', adapterConfig: JSON.stringify(config) });
    expect(data).toMatchObject({
      importAdapter: {
        notes: ["The files name a base model by a path on the training machine; it is stored as 'llama-2-7b'"],
        adapter: { baseModel: 'llama-2-7b', derivedFrom: { edges: [{ node: { id: 'llama-2-7b' } }] } },
      },
    });
    expect(JSON.stringify(data)).not.toMatch(/ann|private/);
  });

  it.each<[string, Record<string, unknown>, { org?: string; roles?: readonly string[] }, string, string]>([
    ['by everybody', { adapterConfig: '{}' }, { roles: ['reviewer'] }, 'FORBIDDEN', 'adapters:write'],
    ['without a file', {}, TRAINER, 'BAD_USER_INPUT', "'adapterConfig' or 'modelCard' must be given"],
    ['of no JSON', { adapterConfig: '<html>' }, TRAINER, 'BAD_USER_INPUT', "'adapterConfig' must be a JSON object"],
    [
      'with a wrong field',
      { adapterConfig: '{"r": "8"}' },
      TRAINER,
      'BAD_USER_INPUT',
      "'adapterConfig.r' must be a number",
    ],
    [
      'of its own base model',
      { adapterConfig: '{"base_model_name_or_path": "refused"}' },
      TRAINER,
      'CONFLICT',
      'DERIVED_FROM must not form a cycle: refused -> refused',
    ],
    [
      'at another revision',
      { adapterConfig: '{"r": 8}', expectedRevision: 3 },
      TRAINER,
      'CONFLICT',
      'The adapter refused is not registered yet, not at revision 3',
    ],
  ])('is refused: %s', async (_, input, claims, code, message) => {
    const { errors } = await importing({ id: 'refused', ...input }, claims);
    expect(errors?.[0]?.extensions['code']).toBe(code);
    expect(errors?.[0]?.message).toContain(message);
    const { data } = await server.graphql('{ adapter(id: "refused") { id } }');
    expect(data).toEqual({ adapter: null });
  });
});
