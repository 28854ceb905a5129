import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../support/command.js';
import { shareServer, type SharedServer } from '../support/server.js';

const CONFIG = JSON.stringify({
  base_model_name_or_path: '/home/ann/private/llama-2-7b',
  peft_type: 'LORA',
  r: 8,
  lora_alpha: 16,
  target_modules: ['q_proj', 'v_proj'],
});
const CARD = `---
base_model: acme/help-lora
base_model_relation: finetune
datasets: [acme/questions]
---
${'A long card. '.repeat(40_000)}`;

let server: SharedServer;
let directory: string;
let adapter: string;
let environment: Record<string, string>;

beforeAll(async () => {
  server = await shareServer();
  environment = { FEEDBACK_URL: server.url, FEEDBACK_TOKEN: server.token({ roles: ['trainer'] }) };
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-'));
  adapter = join(directory, 'help lora v2');
  await mkdir(adapter);
  await writeFile(join(adapter, 'adapter_config.json'), CONFIG);
  await writeFile(join(adapter, 'README.md'), CARD);
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('adapter import', () => {
  it('takes a directory, names the adapter after it, and says what it made of a path', async () => {
    const { code, out, error } = await runCommand(
      ['adapter', 'import', adapter, '--adapter-version', 'v2'],
      environment,
    );
    expect(code).toBe(0);
    expect(error).toBe(
      "The files name a base model by a path on the training machine; it is stored as 'llama-2-7b'.\n",
    );
    expect(out).toMatch(/^id +help lora v2$/m);
    expect(out).toMatch(/^version +v2$/m);
    expect(out).toMatch(/^derived from +acme\/help-lora \(finetune\), llama-2-7b \(adapter\)$/m);
    expect(out).toMatch(/^target modules +q_proj, v_proj$/m);
    const shown = await runCommand(['adapter', 'get', 'help lora v2'], environment);
    expect(shown.out).toMatch(/^rank +8$/m);
    expect(shown.out).toMatch(/^datasets +acme\/questions$/m);
    expect(out + shown.out).not.toMatch(/ann|private/);
  });

  it('takes one file, an id and the name of the base model', async () => {
    const flags = ['--id', 'acme/v2', '--base-model', 'meta-llama/Llama-2-7b-hf', '--json'];
    const config = await runCommand(['adapter', 'import', join(adapter, 'adapter_config.json'), ...flags], environment);
    expect([config.code, config.error]).toEqual([0, '']);
    expect(JSON.parse(config.out)).toMatchObject({
      adapter: { id: 'acme/v2', derivedFrom: { edges: [{ node: { id: 'meta-llama/Llama-2-7b-hf' } }] } },
    });
    const card = await runCommand(['adapter', 'import', join(adapter, 'README.md'), '--json'], environment);
    expect(JSON.parse(card.out)).toMatchObject({ adapter: { id: 'help lora v2', datasets: ['acme/questions'] } });
  });

  it('says what is wrong with the path, and with what is there', async () => {
    const empty = join(directory, 'empty');
    await mkdir(empty);
    const bare = join(directory, 'bare.md');
    await writeFile(bare, '# No front matter');
    const broken = join(directory, 'broken.json');
    await writeFile(broken, '{"r": "8"}');
    const large = join(directory, 'large.json');
    await writeFile(large, 'x'.repeat(131_073));
    const errorOf = async (path: string) => {
      const { code, error } = await runCommand(['adapter', 'import', path], environment);
      return [code, error];
    };
    expect(await errorOf(join(directory, 'none'))).toEqual([
      2,
      `error: There is no file or directory '${join(directory, 'none')}'\n`,
    ]);
    expect(await errorOf(empty)).toEqual([
      2,
      `error: There is neither adapter_config.json nor README.md in '${empty}'\n`,
    ]);
    expect(await errorOf(bare)).toEqual([2, `error: The model card '${bare}' has no YAML front matter\n`]);
    expect(await errorOf(large)).toEqual([2, `error: '${large}' is larger than 131072 bytes\n`]);
    expect(await errorOf(broken)).toEqual([1, "error: 'adapterConfig.r' must be a number\n"]);
  });
});
