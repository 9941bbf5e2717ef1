import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { RecordView } from '../../functions/contract/agreements.ts';
import { useService } from '../api/context.tsx';
import { saveAs } from '../components/save-as.ts';
import { Show, Trouble } from '../components/show.tsx';
import { inTime } from '../format.ts';
import { useRecords } from './queries.ts';
import { words } from './words.ts';

/** What the user said, newest first, and a receipt of it. */
export function Records() {
  const { items, more } = useRecords();
  return (
    <>
      <h2>{words.said}</h2>
      <Show what={items}>
        {(records) =>
          records.length === 0 ? (
            <p className="soft">{words.noRecords}</p>
          ) : (
            <>
              <ul className="plain people-records">
                {records.map((record) => (
                  <Record key={record.record} record={record} />
                ))}
              </ul>
              {more !== undefined && (
                <Button variant="default" size="compact-sm" onClick={more}>
                  {words.earlier}
                </Button>
              )}
              <Receipt />
            </>
          )
        }
      </Show>
    </>
  );
}

function Record({ record: { agree, purposes, agreement, version, language, savedAt } }: { record: RecordView }) {
  return (
    <li>
      <strong>{words.record(agree, purposes)}</strong>
      <p className="soft">
        {words.recordOf(agreement, version, language)} · {inTime(savedAt)}
      </p>
    </li>
  );
}

function Receipt() {
  const { call } = useService();
  const save = useMutation({
    async mutationFn() {
      const records: RecordView[] = [];
      let cursor: string | undefined;
      do {
        const page = await call('listRecords', { query: { cursor } });
        records.push(...page.items);
        cursor = page.cursor;
      } while (cursor !== undefined);
      const { items: agreements } = await call('listAgreements');
      const receipt = { service: location.origin, savedAt: new Date().toISOString(), records, agreements };
      saveAs('receipt.json', new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: 'application/json' }));
    },
  });
  return (
    <>
      <p className="soft">{words.receiptText}</p>
      {save.error !== null && <Trouble title={words.receiptFailed} error={save.error} />}
      <Button variant="default" loading={save.isPending} onClick={() => save.mutate()}>
        {words.receipt}
      </Button>
    </>
  );
}
