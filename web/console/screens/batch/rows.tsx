import { useState } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { Select } from '../../components/field.js';
import { Panel } from '../../components/panel.js';
import { ErrorState, Skeleton } from '../../components/states.js';
import { TextBlock } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import { isReadable, NotHeld } from './batch-advice.js';
import type { BatchData } from './batch.js';
import styles from './batch.module.css';
import { BatchPreviewDocument, type TrainingFormat, type TrainingSplit } from './documents.generated.js';
import { DownloadPanel } from './download-panel.js';
import { formatName, FORMATS, restFormat, SPLITS } from './formats.js';
import { batchMessages } from './messages.js';

const FILE_TYPES = ['jsonl', 'parquet'] as const;

export interface BatchRowsProps {
  readonly batch: BatchData;
  readonly format: TrainingFormat;
  readonly split: TrainingSplit;
  readonly change: (part: { readonly format?: TrainingFormat; readonly split?: TrainingSplit }) => void;
}

/** What a file in a format looks like, and the file itself. */
export function BatchRows({ batch, format, split, change }: BatchRowsProps) {
  const texts = useMessages(batchMessages);
  const [fileType, setFileType] = useState<(typeof FILE_TYPES)[number]>('jsonl');
  if (!isReadable(batch)) return <NotHeld />;
  const written = format === 'RAW' ? 'jsonl' : fileType;
  return (
    <div className={styles['panel']}>
      <Panel title={texts.download}>
        <div className={styles['choices']}>
          <Select
            label={texts.formatLabel}
            value={format}
            options={FORMATS.map((value) => ({ value, label: formatName(value) }))}
            onChange={(chosen) => change({ format: chosen })}
          />
          <Select
            label={texts.split}
            value={split}
            options={SPLITS.map((value) => ({ value, label: texts.splits[value] }))}
            onChange={(chosen) => change({ split: chosen })}
          />
          <Select
            label={texts.fileType}
            value={written}
            options={FILE_TYPES.filter((value) => format !== 'RAW' || value === 'jsonl').map((value) => ({
              value,
              label: value === 'jsonl' ? 'JSON Lines' : 'Parquet',
            }))}
            onChange={setFileType}
          />
        </div>
        <DownloadPanel
          key={`${format} ${split} ${written}`}
          number={batch.number}
          choice={{
            format: restFormat(format),
            split: split === 'TRAIN' ? 'train' : 'holdout',
            fileType: written,
          }}
        />
      </Panel>
      <Preview number={batch.number} format={format} split={split} />
    </div>
  );
}

function Preview({
  number,
  format,
  split,
}: {
  readonly number: number;
  readonly format: TrainingFormat;
  readonly split: TrainingSplit;
}) {
  const texts = useMessages(batchMessages);
  const answer = useApiQuery(BatchPreviewDocument, { number, format, split });
  if (answer.state === 'loading') return <Skeleton lines={6} height={36} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const { rows = [], hasMore = false } = answer.data.trainingBatch?.preview ?? {};
  if (rows.length === 0) return <p className={styles['note']}>{texts.noRows}</p>;
  return (
    <Panel title={texts.firstRows(rows.length, hasMore)}>
      <ol className={styles['rows']}>
        {rows.map((row, place) => (
          <li key={place} className={styles['row']}>
            <p className={styles['rowName']}>{texts.row(place + 1)}</p>
            <TextBlock isCode clamp={2_000} text={indented(row)} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function indented(row: string): string {
  try {
    return JSON.stringify(JSON.parse(row), null, 2);
  } catch {
    return row;
  }
}
