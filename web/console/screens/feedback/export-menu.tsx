import { useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import type { Problem } from '../../api/problem.js';
import { Button, type ButtonLook } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Menu } from '../../components/menu.js';
import { commonMessages } from '../../components/messages.js';
import { ErrorState } from '../../components/states.js';
import { showToast } from '../../components/toasts.js';
import { useMessages } from '../../messages/messages.js';
import styles from './dialogs.module.css';
import type { ExportFormat } from './export-format.js';
import { exportEntries, type ExportSelection, saveFile } from './export.js';
import { feedbackMessages } from './messages.js';

export interface ExportMenuProps extends ButtonLook {
  readonly selection: ExportSelection;
  /** How many entries that are, if it is known. */
  readonly total: number | undefined;
}

/** Saves the chosen entries, or all that match, as a file. */
export function ExportMenu({ selection, total, ...look }: ExportMenuProps) {
  const texts = useMessages(feedbackMessages);
  const [format, setFormat] = useState<ExportFormat>();
  return (
    <>
      <Menu
        {...look}
        label={texts.export}
        items={[
          { label: texts.exportCsv, run: () => setFormat('csv') },
          { label: texts.exportJsonl, run: () => setFormat('jsonl') },
        ]}
      />
      {format !== undefined && (
        <ExportDialog format={format} selection={selection} total={total} onClose={() => setFormat(undefined)} />
      )}
    </>
  );
}

interface ExportDialogProps extends ExportMenuProps {
  readonly format: ExportFormat;
  readonly onClose: () => void;
}

function ExportDialog({ format, selection, total, onClose }: ExportDialogProps) {
  const texts = useMessages(feedbackMessages);
  const { cancel } = useMessages(commonMessages);
  const client = useClient();
  const [done, setDone] = useState(0);
  const [problem, setProblem] = useState<Problem>();
  const [attempt, setAttempt] = useState(0);
  // What is exported is what was chosen when the dialog opened.
  const given = useRef({ format, selection, onClose, texts });
  useEffect(() => {
    const aborter = new AbortController();
    const options = { ...given.current, onProgress: setDone, signal: aborter.signal };
    void exportEntries(client, options).then((outcome) => {
      if (aborter.signal.aborted || 'isAborted' in outcome) return;
      if ('problem' in outcome) {
        setProblem(outcome.problem);
        return;
      }
      const day = new Date().toISOString().slice(0, 10);
      saveFile(outcome.file, `feedback-${day}.${options.format}`);
      showToast({ text: options.texts.exportDone(outcome.count) });
      options.onClose();
    });
    return () => aborter.abort();
  }, [client, attempt]);
  const retry = (): void => {
    setProblem(undefined);
    setDone(0);
    setAttempt((before) => before + 1);
  };
  return (
    <Dialog title={texts.exporting} isOpen onClose={onClose} actions={<Button onClick={onClose}>{cancel}</Button>}>
      {problem === undefined ? (
        <div className={styles['form']}>
          <p role="status">{texts.exported(done, total)}</p>
          <progress
            className={styles['progress']}
            aria-label={texts.exporting}
            max={total ?? 1}
            {...(total !== undefined && { value: Math.min(done, total) })}
          />
        </div>
      ) : (
        <ErrorState problem={problem} retry={retry} />
      )}
    </Dialog>
  );
}
