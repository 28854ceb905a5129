import { useEffect, useRef, useState } from 'react';
import { Button } from '../../components/button.js';
import { useMessages } from '../../messages/messages.js';
import { useBearerToken } from '../../session/credentials.js';
import styles from './batch.module.css';
import {
  downloadExport,
  type DownloadOutcome,
  type ExportChoice,
  fetchManifest,
  fileNameOf,
  saveBlob,
} from './download.js';
import { batchMessages } from './messages.js';

type State =
  | { readonly phase: 'idle' }
  | { readonly phase: 'running'; readonly received: number; readonly total: number }
  | { readonly phase: 'done'; readonly outcome: DownloadOutcome };

/** Downloads the chosen file and its manifest, tells how far it has come, and compares the checksum. */
export function DownloadPanel({ number, choice }: { readonly number: number; readonly choice: ExportChoice }) {
  const texts = useMessages(batchMessages);
  const askToken = useBearerToken();
  const [state, setState] = useState<State>({ phase: 'idle' });
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  const run = async (work: (signal: AbortSignal) => Promise<DownloadOutcome>): Promise<void> => {
    const controller = new AbortController();
    abort.current = controller;
    setState({ phase: 'running', received: 0, total: 0 });
    setState({ phase: 'done', outcome: await work(controller.signal) });
  };
  const download = () =>
    run(async (signal) =>
      downloadExport({
        number,
        choice,
        token: await askToken(),
        signal,
        onProgress: (received, total) => setState({ phase: 'running', received, total }),
      }),
    );
  const saveManifest = () =>
    run(async (signal) => {
      try {
        const manifest = await fetchManifest({ number, choice, token: await askToken(), signal });
        saveBlob(
          new Blob([manifest.text], { type: 'application/json' }),
          `${fileNameOf(number, choice)}.manifest.json`,
        );
        return { ok: true, manifest };
      } catch (error) {
        return { ok: false, why: 'refused', ...(error instanceof Error && { details: error.message }) };
      }
    });
  const isRunning = state.phase === 'running';
  return (
    <>
      <div className={styles['buttons']}>
        <Button look="primary" disabled={isRunning} onClick={() => void download()}>
          {texts.download}
        </Button>
        <Button disabled={isRunning} onClick={() => void saveManifest()}>
          {texts.manifest}
        </Button>
        {isRunning && <Button onClick={() => abort.current?.abort()}>{texts.stop}</Button>}
      </div>
      <p className={styles['note']}>{texts.exportNote}</p>
      <Progress state={state} />
    </>
  );
}

function Progress({ state }: { readonly state: State }) {
  const texts = useMessages(batchMessages);
  if (state.phase === 'idle') return null;
  if (state.phase === 'running') {
    const { received, total } = state;
    const text = total === 0 ? texts.preparing : texts.progress(received, total);
    return (
      <div className={styles['progress']}>
        <progress aria-label={texts.download} max={Math.max(1, total)} {...(total > 0 && { value: received })} />
        <span>{text}</span>
      </div>
    );
  }
  const { outcome } = state;
  if (outcome.ok) {
    return (
      <div role="status" className={styles['success']}>
        <p>{texts.verified(outcome.manifest.rows, outcome.manifest.bytes)}</p>
        <p className={styles['code']}>SHA-256 {outcome.manifest.sha256}</p>
      </div>
    );
  }
  return (
    <p role="alert" className={styles['failure']}>
      {texts.failures[outcome.why]} {outcome.details !== undefined && <span lang="en">{outcome.details}</span>}
    </p>
  );
}
