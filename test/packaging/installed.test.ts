import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import semver from 'semver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackage, runNode } from '../support/installed-package.js';
import { startServerProcess } from '../support/process.js';

const SECRET = 'a secret of tests, which is 32 bytes long or more';
let folder: string;
let command: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedback-graph-installed-'));
  command = await installPackage(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const storeIn = (name: string) => ({
  FEEDBACK_STORE: `rocksdb:${join(folder, name)}`,
  FEEDBACK_JWT_SECRET: SECRET,
});

describe('the installed package', () => {
  it('starts with the production dependencies alone, and serves its pages', async () => {
    const server = await startServerProcess(storeIn('data'), [], [], command);
    try {
      for (const path of ['/health/ready', '/graphql', '/docs']) {
        const { status } = await fetch(server.url + path, { headers: { accept: 'text/html' } });
        expect([path, status]).toEqual([path, 200]);
      }
    } finally {
      server.child.kill('SIGTERM');
      await server.ended;
    }
  });

  it('carries the licenses of the libraries in its bundle', async () => {
    const licenses = await readFile(join(command, '../licenses.md'), 'utf8');
    const libraries = licenses.match(/^## \S+(?= \d)/gm)?.map((title) => title.slice(3));
    expect(libraries).toEqual(expect.arrayContaining(['@apollo/server', 'fastify', 'graphql', 'type-graphql', 'ws']));
    expect(licenses.match(/^Copyright .*Fastify.*$/m)).not.toBeNull();
  });
});

describe('a plugin with an ONNX model', () => {
  const serve = async () => {
    const config = join(folder, 'config.json');
    const plugin = { name: 'custom_spam_detector', config: { ml_model_path: join(folder, 'spam.onnx') } };
    await writeFile(config, JSON.stringify({ validation_plugin: plugin }));
    return runNode([command, 'serve', '--port', '0', '--config', config], storeIn('data-onnx'));
  };

  it('says what to install where onnxruntime-node is not', async () => {
    const { code, error } = await serve();
    const advice = /^error: validation_plugin: .*run 'npm install onnxruntime-node@([\d.]+)'\n$/.exec(error);
    expect([code, error]).toEqual([2, advice?.[0]]);
    const { peerDependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
      readonly peerDependencies: Readonly<Record<string, string>>;
    };
    expect(semver.intersects(advice?.[1] ?? '', peerDependencies['onnxruntime-node'] ?? '')).toBe(true);
  });

  it('says in one line why onnxruntime-node cannot be loaded', async () => {
    const broken = join(folder, 'node_modules/onnxruntime-node');
    await mkdir(broken);
    await writeFile(join(broken, 'package.json'), '{"name": "onnxruntime-node", "main": "index.js"}');
    await writeFile(join(broken, 'index.js'), "throw new Error('libstdc++.so.6: cannot open\\nmore of it');");
    expect(await serve()).toMatchObject({
      code: 2,
      error:
        /^error: validation_plugin: .*onnxruntime-node cannot be loaded on this machine: libstdc\+\+\.so\.6: cannot open\n$/,
    });
  });
});
