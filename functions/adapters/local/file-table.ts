import type { DatabaseSync } from 'node:sqlite';
import type { JobFile } from '../../core/job.ts';
import { refusalCodes } from '../../core/transitions.ts';
import { type FileRow, textOf } from './job-rows.ts';

const columns = 'path, bytes, identity, state, failure, notes, machine, generation';
const refusals = JSON.stringify(refusalCodes);

/** Rows of `files`; `job`: the row of their job. What is written belongs into a transaction of the caller. */
export function fileTable(sql: DatabaseSync) {
  const select = sql.prepare(`SELECT ${columns} FROM files WHERE job = ? AND path = ?`);
  const insert = sql.prepare(
    'INSERT INTO files (job, path, bytes, identity, state, failure) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (job, path) DO NOTHING',
  );
  const update = sql.prepare(
    'UPDATE files SET state = ?, failure = ?, notes = ?, machine = ?, generation = ? WHERE job = ? AND path = ?',
  );
  const remove = sql.prepare('DELETE FROM files WHERE job = ?');
  const all = sql.prepare(`SELECT ${columns} FROM files WHERE job = ? AND path > ? ORDER BY path LIMIT ?`);
  const done = sql.prepare(
    `SELECT ${columns} FROM files WHERE job = ? AND path > ? AND state = 'done' ORDER BY path LIMIT ?`,
  );
  const others = sql.prepare(
    `SELECT ${columns} FROM files
     WHERE job = ? AND path > ? AND state = ? AND state <> 'done' ORDER BY path LIMIT ?`, // the last term allows the partial index
  );
  const resettable = sql.prepare(
    `SELECT ${columns} FROM files INDEXED BY files_not_done
     WHERE job = ? AND state = 'failed' AND state <> 'done' AND generation < ?
     AND failure ->> 'code' NOT IN (SELECT value FROM json_each(?)) LIMIT ?`,
  );

  return {
    find: (job: number, path: string) => select.get(job, path) as FileRow | undefined,
    /** False where the path is there already: it is left alone. */
    insert: (job: number, { path, bytes, identity, state, failure }: JobFile): boolean =>
      insert.run(job, path, bytes, identity ?? null, state, textOf(failure)).changes === 1,
    store: (job: number, { path, state, failure, notes, machine, generation }: JobFile) =>
      update.run(state, textOf(failure), textOf(notes), textOf(machine), generation ?? null, job, path),
    removeAll: (job: number) => remove.run(job),
    /** In order of their paths, from behind `after`, optionally of one state. */
    list(job: number, state: JobFile['state'] | undefined, after: string, limit: number): FileRow[] {
      let rows: unknown[];
      if (state === undefined) rows = all.all(job, after, limit);
      else if (state === 'done') rows = done.all(job, after, limit);
      else rows = others.all(job, after, state, limit);
      return rows as FileRow[];
    },
    /** Those that failed before this generation of their job and are no refusals. */
    resettable: (job: number, generation: number, limit: number) =>
      resettable.all(job, generation, refusals, limit) as unknown as FileRow[],
  };
}

export type FileTable = ReturnType<typeof fileTable>;
