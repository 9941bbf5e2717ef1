import { type DataSet, isTraining } from '../../core/data-set.ts';
import type { DataSets } from '../../ports/data-sets.ts';
import type { LocalDatabase } from './database.ts';

/** Rows hold JSON: there are few of them, and whoever reads one reads all of it. */
export function localDataSets({ sql, change }: LocalDatabase): DataSets {
  const one = sql.prepare('SELECT data FROM data_sets WHERE owner = ? AND id = ?');
  const named = sql.prepare('SELECT data FROM data_sets WHERE owner = ? AND name = ?');
  const ofOwner = sql.prepare('SELECT data FROM data_sets WHERE owner = ? ORDER BY name');
  const inWork = sql.prepare('SELECT data FROM data_sets WHERE asked_at IS NOT NULL ORDER BY asked_at, owner, id');
  const insert = sql.prepare('INSERT INTO data_sets (owner, id, name, asked_at, data) VALUES (?, ?, ?, ?, ?)');
  const update = sql.prepare('UPDATE data_sets SET asked_at = ?, data = ? WHERE owner = ? AND id = ?');
  const remove = sql.prepare('DELETE FROM data_sets WHERE owner = ? AND id = ?');

  const parsed = (row: unknown): DataSet | undefined =>
    row === undefined ? undefined : (JSON.parse((row as { data: string }).data) as DataSet);
  const all = (rows: unknown[]): DataSet[] => rows.map((row) => parsed(row)!);
  const askedAt = (dataSet: DataSet): number | null => (isTraining(dataSet) ? dataSet.training!.askedAt : null);

  return {
    add: (dataSet) =>
      change(() => {
        const { owner, id, name } = dataSet;
        const known = parsed(named.get(owner, name));
        if (known !== undefined) return known;
        insert.run(owner, id, name, askedAt(dataSet), JSON.stringify(dataSet));
        return dataSet;
      }),
    get: async ({ owner, id }) => parsed(one.get(owner, id)),
    byOwner: async (owner) => all(ofOwner.all(owner)),
    change: ({ owner, id }, rule) =>
      change(() => {
        const known = parsed(one.get(owner, id));
        const changed = known && rule(known);
        if (changed !== undefined) update.run(askedAt(changed), JSON.stringify(changed), owner, id);
        return changed;
      }),
    training: async () => all(inWork.all()),
    async remove({ owner, id }) {
      await change(() => remove.run(owner, id));
    },
  };
}
