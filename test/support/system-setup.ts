import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A directory for what outlives the files of a worker, gone after the run. */
    readonly sharedDirectory: string;
  }
}

export default async function setUpSystemTests(project: TestProject): Promise<() => Promise<void>> {
  // Unpacks the browser; workers that came to it at the same time would each find half of it.
  await chromium.executablePath();
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-shared-'));
  project.provide('sharedDirectory', directory);
  return () => rm(directory, { recursive: true, force: true, maxRetries: 3 });
}
