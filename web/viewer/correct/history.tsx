import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EditEntry } from '../../../functions/core/edits.ts';
import { useService } from '../../api/context.tsx';
import { Notice } from '../../components/notice.tsx';
import { inTime } from '../../format.ts';
import { correctWords as words } from './correct-words.ts';
import type { Correction } from './use-correction.ts';

/** Revisions that are listed at first, and with each click. */
const listed = 20;

/** What was stored, newest first: each revision can be looked at, and restored. */
export function History({ correction }: { correction: Correction }) {
  const { entries, revision, looking } = correction.state;
  const [count, setCount] = useState(listed);
  if (entries.length === 0) return null;
  const shown = entries.slice(-count).reverse();
  return (
    <>
      {looking !== undefined && <Looking revision={looking} correction={correction} />}
      <details className="viewer-history">
        <summary>{words.history(revision)}</summary>
        <ol reversed>
          {shown.map((entry) => (
            <li key={entry.revision}>
              <Row revision={entry.revision} correction={correction} entry={entry} />
            </li>
          ))}
          {shown.length === entries.length && (
            <li>
              <Row revision={0} correction={correction} />
            </li>
          )}
        </ol>
        {shown.length < entries.length && (
          <Button variant="default" size="compact-sm" onClick={() => setCount(count + listed)}>
            {words.olderRevisions}
          </Button>
        )}
      </details>
    </>
  );
}

const nameOf = (revision: number): string => (revision === 0 ? words.original : words.revision(revision));

function Row({ revision, entry, correction }: { revision: number; entry?: EditEntry; correction: Correction }) {
  const { config } = useService();
  const name = nameOf(revision);
  return (
    <>
      <span>
        {name}
        {entry !== undefined && <span className="soft"> {inWords(entry, config.signIn === 'link')}</span>}
      </span>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={words.lookAt(name)}
        aria-pressed={correction.state.looking === revision}
        onClick={() => correction.look(revision)}
      >
        {words.look}
      </Button>
    </>
  );
}

function inWords({ operations, by, at }: EditEntry, isOnePerson: boolean): string {
  const steps = [...new Set(operations.map(({ tool }) => words.steps[tool]))];
  return words.revisionBy(steps, isOnePerson ? undefined : by.name, inTime(at));
}

function Looking({ revision, correction }: { revision: number; correction: Correction }) {
  return (
    <Notice kind="info" title={words.looking(nameOf(revision))}>
      <p>{words.lookingText}</p>
      <div className="row viewer-tools">
        <Button size="compact-sm" onClick={() => correction.restore(revision)}>
          {words.restore}
        </Button>
        <Button variant="default" size="compact-sm" onClick={() => correction.look(undefined)}>
          {words.toNewest}
        </Button>
      </div>
    </Notice>
  );
}
