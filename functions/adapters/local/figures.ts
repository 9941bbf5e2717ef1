import type { Figure, FigureScope } from '../../core/figure.ts';
import type { Figures } from '../../ports/figures.ts';
import { readCursor } from './cursor.ts';
import type { LocalDatabase } from './database.ts';
import { pageOf } from './job-rows.ts';

interface FigureRow {
  id: string;
  figure: string;
}

const figureOf = ({ figure }: FigureRow): Figure => JSON.parse(figure) as Figure;
/** Sorts behind every id. */
const newest = '~';

export function localFigures({ sql, change }: LocalDatabase): Figures {
  const insert = sql.prepare(
    'INSERT INTO figures (id, owner, scope, until, figure) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = sql.prepare('UPDATE figures SET scope = ?, until = ?, figure = ? WHERE id = ? AND owner = ?');
  const remove = sql.prepare('DELETE FROM figures WHERE id = ?');
  const one = sql.prepare('SELECT id, figure FROM figures WHERE id = ?');
  const over = sql.prepare('SELECT id, figure FROM figures WHERE until <= ? ORDER BY until, id LIMIT ?');
  const newestFirst = 'id < ? ORDER BY id DESC LIMIT ?';
  const every = sql.prepare(`SELECT id, figure FROM figures WHERE ${newestFirst}`);
  const ofScope = sql.prepare(`SELECT id, figure FROM figures WHERE scope = ? AND ${newestFirst}`);
  const ofOwner = sql.prepare(`SELECT id, figure FROM figures WHERE owner = ? AND ${newestFirst}`);

  const list = (load: (before: string, rows: number) => unknown[], page: { cursor?: string; limit?: number } = {}) => {
    const { cursor, limit = 100 } = page;
    const [before] = cursor === undefined ? [newest] : readCursor(cursor, ['string']);
    return pageOf(load(before, limit + 1) as FigureRow[], limit, figureOf, ({ id }) => [id]);
  };
  const ofLab = (before: string, rows: number) => every.all(before, rows);
  const only = (scope: FigureScope) => (before: string, rows: number) => ofScope.all(scope, before, rows);

  return {
    async add(figure) {
      const { id, owner, scope, until = null } = figure;
      await change(() => insert.run(id, owner, scope, until, JSON.stringify(figure)));
    },
    async get(id) {
      const row = one.get(id) as FigureRow | undefined;
      return row && figureOf(row);
    },
    async replace(figure) {
      const { id, owner, scope, until = null } = figure;
      const { changes } = await change(() => update.run(scope, until, JSON.stringify(figure), id, owner));
      return changes > 0;
    },
    async remove(id) {
      await change(() => remove.run(id));
    },
    list: async (scope, page) => list(scope === 'lab' ? ofLab : only(scope), page),
    byOwner: async (owner, page) => list((before, rows) => ofOwner.all(owner, before, rows), page),
    over: async (now, limit) => (over.all(now, limit) as unknown as FigureRow[]).map(figureOf),
  };
}
