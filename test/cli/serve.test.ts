import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** What `npm run build` has made; `npm test` does so first. */
const CLI = fileURLToPath(new URL('../../dist/bundle/cli.js', import.meta.url));
const TLS_FIXTURES = fileURLToPath(new URL('../fixtures/tls/', import.meta.url));
const SECRET = 'a secret of tests, which is 32 bytes long or more';
const LISTENS = /^feedback-graph \S+ listens on (https?:\S+)\n/;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when the output matches, with the match; rejects if the process ends before. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

describe('feedback-graph serve', () => {
  let directory: string;
  let children: ChildProcessWithoutNullStreams[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'feedback-graph-serve-'));
    children = [];
  });
  afterEach(async () => {
    for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(directory, { recursive: true });
  });

  /** Runs in the temporary directory, so that the default store is there, too. */
  function start(argv: readonly string[], environment: NodeJS.ProcessEnv = {}, file = CLI): Started {
    const child = spawn(process.execPath, [file, ...argv], {
      cwd: directory,
      env: { PATH: process.env['PATH'], FEEDBACK_LOG_LEVEL: 'silent', ...environment },
    });
    children.push(child);
    let out = '';
    let error = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => {
        resolve({ code, out, error });
      });
    });
    const printed = (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(out);
          if (match !== null) resolve(match);
        };
        look();
        child.stdout.on('data', look);
        child.on('close', (code) => {
          reject(new Error(`ended with ${String(code)}: ${error}`));
        });
      });
    return { child, printed, ended };
  }

  const serve = (argv: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) =>
    start(['serve', '--port', '0', ...argv], environment);

  it('starts with no configuration, and prints its address and a command to paste that works', async () => {
    const first = serve();
    const [, url] = await first.printed(LISTENS);
    const [command] = await first.printed(/^curl[^]*}'\n/m);
    const [, token] = await first.printed(/^export FEEDBACK_TOKEN=([\w.-]+)\n/m);
    first.child.kill('SIGTERM');
    const { code, out, error } = await first.ended;
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain(`${url!}/console#token=${token!}\n`);
    expect(out).toContain(`export FEEDBACK_URL=${url!}\n`);

    // The secret is still there after a restart, so the printed token holds; its port is another one.
    const second = serve();
    const [, again] = await second.printed(LISTENS);
    const [, target, body] =
      /^curl -X POST (\S+) \\\n {2}-H "Authorization: Bearer \$FEEDBACK_TOKEN" \\\n {2}-H "Content-Type: application\/json" \\\n {2}-d '([^']+)'\n$/.exec(
        command,
      )!;
    expect(target).toBe(`${url!}/api/v1/llm/feedback`);
    const answer = await fetch(target!.replace(url!, again!), {
      method: 'POST',
      headers: { authorization: `Bearer ${token!}`, 'content-type': 'application/json' },
      body: body!,
    });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ message: 'Feedback recorded successfully' });
    second.child.kill('SIGINT');
    expect(await second.ended).toMatchObject({ code: 0, error: '' });
  });

  it('prints no token for a secret that was configured, and takes those of the token command', async () => {
    const environment = { FEEDBACK_JWT_SECRET: SECRET };
    const server = serve([], environment);
    const [line, url] = await server.printed(LISTENS);
    const { out: token } = await start(['token', '--sub', 'anna'], environment).ended;
    const headers = { authorization: `bearer ${token.trim()}` };
    expect((await fetch(`${url!}/api/v1/llm/feedback/stats`, { headers })).status).toBe(200);
    expect((await fetch(`${url!}/api/v1/llm/feedback/stats`)).status).toBe(401);
    server.child.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, out: line, error: '' });
  });

  it('can be run as the bin of the package', async () => {
    const bin = join(directory, 'feedback-graph');
    symlinkSync(CLI, bin);
    expect(readFileSync(bin, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(await start(['--version'], {}, bin).ended).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });

  it('says in one line if the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, out, error } = await start(['serve', '--port', String(port)]).ended;
    taken.close();
    expect([code, out]).toEqual([1, '']);
    expect(error).toBe(`error: Port ${port} of 127.0.0.1 is in use; choose another with --port or FEEDBACK_PORT\n`);
  });

  it('says in one line if the address is of another machine', async () => {
    const { code, out, error } = await serve(['--host', '192.0.2.1']).ended;
    expect([code, out]).toEqual([1, '']);
    expect(error).toBe(
      'error: 192.0.2.1 is not an address of this machine; choose another with --host or FEEDBACK_HOST\n',
    );
  });

  it('says in one line if another server has the store, or it is none', async () => {
    const first = serve();
    await first.printed(LISTENS);
    const second = await serve().ended;
    expect(second).toMatchObject({ code: 1, out: '', error: expect.stringMatching(/^error: .*data.*\n$/) as string });
    writeFileSync(join(directory, 'file'), '');
    const third = await serve(['--store', 'rocksdb:file']).ended;
    expect(third).toMatchObject({ code: 1, out: '', error: expect.stringMatching(/^error: .*file.*\n$/) as string });
  });

  it('prints https links with a certificate, and reads it again on SIGHUP', async ({ skip }) => {
    if (process.platform === 'win32') skip('There is no SIGHUP to send');
    const files = (pair: string): Record<string, string> => ({
      FEEDBACK_TLS_CERT: TLS_FIXTURES + `${pair}.cert.pem`,
      FEEDBACK_TLS_KEY: TLS_FIXTURES + `${pair}.key.pem`,
    });
    const { child, printed, ended } = serve([], { ...files('first'), FEEDBACK_LOG_LEVEL: 'info' });
    const [, url] = await printed(LISTENS);
    expect(url).toMatch(/^https:/);
    await printed(/^curl [^]*}'\n/m);
    child.kill('SIGHUP');
    for await (const piece of child.stderr) if (String(piece).includes('certificate was reloaded')) break;
    child.kill('SIGTERM');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toContain(`curl -X POST ${url!}/api`);
    expect(out).not.toContain('http:');

    const { FEEDBACK_TLS_CERT } = files('first');
    const { FEEDBACK_TLS_KEY } = files('second');
    expect(await serve([], { FEEDBACK_TLS_CERT, FEEDBACK_TLS_KEY }).ended).toEqual({
      code: 2,
      out: '',
      error:
        'error: FEEDBACK_TLS_KEY must be the private key of the certificate in FEEDBACK_TLS_CERT, and is another\n',
    });
    expect(await serve([], { FEEDBACK_TLS_CERT }).ended).toEqual({
      code: 2,
      out: '',
      error: 'error: FEEDBACK_TLS_CERT needs FEEDBACK_TLS_KEY: TLS takes a certificate and its private key\n',
    });
  });

  it('says in one line if the validation plugin is none', async () => {
    writeFileSync(join(directory, 'settings.json'), '{"validation_plugin": {"name": "nope"}}');
    const { code, out, error } = await serve(['--config', 'settings.json']).ended;
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(/^error: validation_plugin\.name 'nope' is not known.*\n$/);
  });

  it('finishes a request before it stops, and ends at once on a second signal', async () => {
    const environment = { FEEDBACK_JWT_SECRET: SECRET };
    const { out: token } = await start(['token', '--sub', 'anna'], environment).ended;

    /** A server with one request whose body is not there yet, which has been asked to stop, and accepts nothing more. */
    const stopping = async () => {
      const server = serve(['--store', `rocksdb:${join(directory, String(children.length))}`], environment);
      const [, url] = await server.printed(LISTENS);
      const submission = request(`${url!}/api/v1/llm/feedback`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token.trim()}`,
          'content-type': 'application/json',
          expect: '100-continue',
        },
      });
      submission.flushHeaders();
      await once(submission, 'continue');
      server.child.kill('SIGTERM');
      while (await accepts(Number(new URL(url!).port))) await new Promise((resolve) => setImmediate(resolve));
      return { server, submission };
    };

    const patient = await stopping();
    patient.submission.end(
      JSON.stringify({ type: 'positive', question: 'How much?', answer: 'Nothing.', comment: 'ok.' }),
    );
    const [response] = (await once(patient.submission, 'response')) as [{ statusCode: number; resume: () => void }];
    response.resume();
    expect(response.statusCode).toBe(201);
    expect(await patient.server.ended).toMatchObject({ code: 0, error: '' });

    const impatient = await stopping();
    const hungUp = once(impatient.submission, 'error');
    impatient.server.child.kill('SIGTERM');
    expect(await impatient.server.ended).toMatchObject({ code: 1, error: '' });
    await hungUp;
  });
});

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
