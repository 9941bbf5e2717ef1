import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EditOperation } from '../../functions/core/edits.ts';
import { type EditLog, editLog } from '../../functions/jobs/edit-log.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import { operation } from '../support/edit-maker.ts';

const image = (path: string, id = 'job-1') => ({ owner: 'olga', id, path });
const cells = image('day 1/Zelle #1 ä.tif');
const made = (operations: EditOperation[], name = 'olga@lab.example') => ({
  by: { id: name.split('@')[0]!, name },
  at: '2026-11-30T10:00:00.000Z',
  operations,
});
const erased = () => operation({ do: 'delete', objects: [3] });

/** Every promise of jobs/edit-log on a store. `open` gives an empty one, which the suite disposes of. */
export const editLogContract = (adapter: string, open: () => Promise<ObjectStore>) =>
  describe(`the log of corrections on ${adapter}`, () => {
    let store: ObjectStore;
    let log: EditLog;
    beforeEach(async () => {
      store = await open();
      log = editLog(store);
    });
    afterEach(() => store[Symbol.asyncDispose]());

    it('is empty before the first entry', async () => {
      expect(await log.all(cells)).toEqual([]);
      expect(await log.read(cells, 0)).toEqual({ entries: [], more: false });
      expect(await log.images(cells)).toEqual([]);
      expect([await log.has(cells, 0), await log.has(cells, 1)]).toEqual([true, false]);
    });

    it('numbers entries from 1 and gives those after a revision', async () => {
      const operations = [erased(), erased(), erased()];
      for (const [i, each] of operations.entries()) await log.append(cells, i, made([each]));
      const all = await log.all(cells);
      expect(all.map(({ revision, operations: [each] }) => [revision, each!.id])).toEqual(
        operations.map(({ id }, i) => [i + 1, id]),
      );
      expect(all[0]).toEqual({ ...made([operations[0]!]), path: cells.path, revision: 1 });
      expect((await log.read(cells, 2)).entries).toEqual([all[2]]);
      expect(await log.all(cells, 2)).toEqual(all.slice(0, 2));
      expect([await log.has(cells, 3), await log.has(cells, 4)]).toEqual([true, false]);
    });

    it('answers an append with what others stored meanwhile', async () => {
      const [theirs, mine] = [erased(), erased()];
      await log.append(cells, 0, made([theirs], 'ute@lab.example'));
      const answer = await log.append(cells, 0, made([mine]));
      expect(answer.map(({ revision, by, operations }) => [revision, by.id, operations[0]!.id])).toEqual([
        [1, 'ute', theirs.id],
        [2, 'olga', mine.id],
      ]);
    });

    it('stores nothing twice when an append is repeated, and of a longer one the rest', async () => {
      const [first, second] = [erased(), erased()];
      const answer = await log.append(cells, 0, made([first]));
      expect(await log.append(cells, 0, made([first]))).toEqual(answer);
      expect((await log.append(cells, 0, made([first, second]))).map(({ operations }) => operations)).toEqual([
        [first],
        [second],
      ]);
      expect(await log.all(cells)).toHaveLength(2);
    });

    it('gives each of many editors at once a revision of its own, and loses nothing', async () => {
      const operations = Array.from({ length: 12 }, erased);
      const answers = await Promise.all(operations.map((each) => log.append(cells, 0, made([each]))));
      const all = await log.all(cells);
      expect(all.map(({ revision }) => revision)).toEqual(operations.map((_, i) => i + 1));
      const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort();
      expect(ids(all.flatMap((entry) => entry.operations))).toEqual(ids(operations));
      for (const answer of answers) expect(answer).toEqual(all.slice(0, answer.length));
    });

    it('keeps images and jobs apart, and lists the images of a job', async () => {
      await log.append(cells, 0, made([erased()]));
      await log.append(cells, 1, made([erased()]));
      await log.append(image('b.tif'), 0, made([erased()]));
      await log.append(image('b.tif', 'job-10'), 0, made([erased()]));
      expect(await log.images(cells)).toEqual([
        { path: 'b.tif', revision: 1 },
        { path: cells.path, revision: 2 },
      ]);
    });

    it('gives a long log in pages', async () => {
      const runs = Array.from({ length: 40_000 }, () => [7, 1000, 99]).flat();
      for (let i = 0; i < 8; i++) await log.append(cells, i, made([operation({ do: 'set', to: 1, runs })]));
      const first = await log.read(cells, 0);
      expect(first.more).toBe(true);
      const rest = await log.read(cells, first.entries.at(-1)!.revision);
      expect([...first.entries, ...rest.entries].map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(rest.more).toBe(false);
    });
  });
