import { Panel } from '../../components/panel.js';
import { PlainTable } from '../../components/plain-table.js';
import { positiveShare } from '../../components/share-color.js';
import { Share } from '../../components/share.js';
import { VisibleText } from '../../components/text-block.js';
import { Tile, Tiles } from '../../components/tile.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import styles from './compare.module.css';
import type { ComparisonQuery } from './documents.generated.js';
import { compareMessages } from './messages.js';

export type Comparison = ComparisonQuery['compareAdapters'];

/** The result in numbers: what changed along the lineage, and how each adapter did. */
export function Summary({ comparison }: { readonly comparison: Comparison }) {
  const texts = useMessages(compareMessages);
  const { columns } = texts;
  const format = useFormat();
  const { adapters, headToHead, questionCount, fixedCount, brokenCount } = comparison;
  const met = headToHead.filter(({ wonCount, lostCount, tiedCount }) => wonCount + lostCount + tiedCount > 0);
  return (
    <>
      <Tiles label={texts.numbers}>
        <Tile label={texts.questions} value={format.number(questionCount)} />
        <Tile label={texts.fixed} value={format.number(fixedCount)} hint={texts.fixedHint} />
        <Tile
          label={texts.broken}
          value={format.number(brokenCount)}
          hint={texts.brokenHint}
          isUrgent={brokenCount > 0}
        />
      </Tiles>
      <div className={styles['tables']}>
        <Panel title={texts.perAdapter}>
          <PlainTable
            label={texts.perAdapter}
            rows={adapters}
            rowKey={({ adapter }) => adapter.id}
            columns={[
              { id: 'adapter', header: columns.adapter, cell: ({ adapter }) => <VisibleText text={adapter.id} /> },
              {
                id: 'share',
                header: columns.share,
                cell: ({ rightCount, wrongCount }) => (
                  <Share share={positiveShare({ positiveCount: rightCount, negativeCount: wrongCount })} />
                ),
              },
              {
                id: 'wrong',
                header: columns.wrong,
                isNumber: true,
                cell: ({ wrongCount }) => format.number(wrongCount),
              },
              {
                id: 'disputed',
                header: columns.disputed,
                isNumber: true,
                cell: ({ disputedCount }) => format.number(disputedCount),
              },
              {
                id: 'examined',
                header: columns.examined,
                isNumber: true,
                cell: ({ examinedCount, truncated }) =>
                  truncated ? texts.newestOnly(format.number(examinedCount)) : format.number(examinedCount),
              },
            ]}
          />
        </Panel>
        {met.length > 0 && (
          <Panel title={texts.headToHead}>
            <PlainTable
              label={texts.headToHead}
              rows={met}
              rowKey={({ adapterId, opponentId }) => `${adapterId}\n${opponentId}`}
              columns={[
                { id: 'adapter', header: columns.adapter, cell: ({ adapterId }) => <VisibleText text={adapterId} /> },
                {
                  id: 'opponent',
                  header: columns.opponent,
                  cell: ({ opponentId }) => <VisibleText text={opponentId} />,
                },
                {
                  id: 'share',
                  header: columns.winRate,
                  cell: ({ winRate }) => <Share share={winRate ?? undefined} />,
                },
                { id: 'won', header: columns.won, isNumber: true, cell: ({ wonCount }) => format.number(wonCount) },
                { id: 'lost', header: columns.lost, isNumber: true, cell: ({ lostCount }) => format.number(lostCount) },
                { id: 'tied', header: columns.tied, isNumber: true, cell: ({ tiedCount }) => format.number(tiedCount) },
              ]}
            />
          </Panel>
        )}
      </div>
    </>
  );
}
