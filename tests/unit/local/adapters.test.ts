import { pbkdf2 } from 'node:crypto';
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSqlite } from '../../../functions/adapters/local/database.ts';
import { openLocalDatabase } from '../../../functions/adapters/local/local-database.ts';
import { openObjectIndex } from '../../../functions/adapters/local/object-index.ts';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { localQueue } from '../../../functions/adapters/local/queue.ts';
import { loadSqlite } from '../../../functions/adapters/local/sqlite.ts';
import { objectSource } from '../../../functions/object-streams/object-source.ts';
import { steadyClock, systemClock } from '../../../functions/ports/clock.ts';
import { attemptsOf } from '../../support/attempts.ts';
import { bytesOf, noise } from '../../support/bytes.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { memoryObjectStore } from '../../support/memory/object-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const attempts = attemptsOf(3);
const ref = { bucket: 'inputs' as const, key: 'olga/job1/a.tif' };
const filesOf = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await folder[Symbol.asyncDispose]();
});

describe('the local database', () => {
  const first = 'CREATE TABLE a (x INTEGER)';

  it('runs each migration once, also when versions are added later', () => {
    const file = join(folder.path, 'deep/er/db.sqlite');
    {
      using database = openSqlite(file, [first]);
      database.write(() => database.sql.exec('INSERT INTO a VALUES (1)'));
    }
    using database = openSqlite(file, [first, 'ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 7']);
    expect(database.sql.prepare('SELECT x, y FROM a').all()).toEqual([{ x: 1, y: 7 }]);
  });

  it('refuses a file of a newer version and leaves it alone', () => {
    const file = join(folder.path, 'db.sqlite');
    openSqlite(file, [first, 'CREATE TABLE b (x INTEGER)'])[Symbol.dispose]();
    expect(() => openSqlite(file, [first])).toThrow(expect.objectContaining({ code: 'storeTooNew' }));
    openSqlite(file, [first, 'CREATE TABLE b (x INTEGER)'])[Symbol.dispose]();
  });

  it('stores all of a transaction or none', () => {
    using database = openSqlite(join(folder.path, 'db.sqlite'), [first]);
    const insert = database.sql.prepare('INSERT INTO a VALUES (?)');
    const half = () =>
      database.write(() => {
        insert.run(1);
        throw new Error('half-way');
      });
    expect(half).toThrow('half-way');
    database.write(() => insert.run(2));
    expect(database.sql.prepare('SELECT x FROM a').all()).toEqual([{ x: 2 }]);
  });

  it('says that the disk is full, and goes on when it no longer is', () => {
    using database = openSqlite(join(folder.path, 'db.sqlite'), ['CREATE TABLE a (x BLOB)']);
    database.sql.exec('PRAGMA max_page_count = 20');
    const insert = database.sql.prepare('INSERT INTO a VALUES (zeroblob(200000))');
    expect(() => database.write(() => insert.run())).toThrow(expect.objectContaining({ code: 'noSpace' }));
    database.sql.exec('PRAGMA max_page_count = 1000000');
    database.write(() => insert.run());
    expect(database.sql.prepare('SELECT count(*) AS n FROM a').get()).toEqual({ n: 1 });
  });

  it('keeps only the warning that SQLite is experimental from the user', () => {
    const warnings: unknown[] = [];
    const emitWarning = ((...args: unknown[]) => warnings.push(args)) as typeof process.emitWarning;
    const host = {
      emitWarning,
      getBuiltinModule(this: Pick<NodeJS.Process, 'emitWarning'>) {
        this.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
        this.emitWarning('something else', 'Warning');
        return 'the module';
      },
    };
    expect(loadSqlite(host as never)).toBe('the module');
    expect(warnings).toEqual([['something else', 'Warning']]);
    expect(host.emitWarning).toBe(emitWarning);
  });
});

describe('waiting for a message', () => {
  it('ends at once when one is visible, when one is sent, and when one comes back', async () => {
    using database = openLocalDatabase(join(folder.path, 'db.sqlite'));
    const queue = localQueue(database, systemClock, attempts);
    const seen: string[] = [];
    const waited = queue.wait('files').then(() => seen.push('woken'));
    await queue.send('zips', [{ owner: 'o', id: 'j', generation: 1 }]);
    await queue.depth('zips');
    expect(seen).toEqual([]);
    await queue.send('files', [{ owner: 'o', id: 'j', path: 'a' }]);
    await waited;
    await queue.wait('files');
    const [message] = await queue.receive('files', { max: 1, visibilitySeconds: 60 });
    const again = queue.wait('files');
    await queue.hide('files', message!.receipt, 0);
    await again;
    await queue.receive('files', { max: 1, visibilitySeconds: 0.05 });
    await queue.wait('files');
    expect(await queue.receive('files', { max: 1, visibilitySeconds: 60 })).toHaveLength(1);
  });

  it('ends when it is aborted', async () => {
    using database = openLocalDatabase(join(folder.path, 'db.sqlite'));
    const queue = localQueue(database, systemClock, attempts);
    const stop = new AbortController();
    const waited = queue.wait('files', stop.signal);
    stop.abort();
    await waited;
    await queue.wait('files', stop.signal);
  });
});

describe('the local queue', () => {
  it('ignores the receipt of a delivery that is over', async () => {
    using database = openLocalDatabase(join(folder.path, 'db.sqlite'));
    const clock = manualClock();
    const queue = localQueue(database, clock, attempts);
    await queue.send('files', [{ owner: 'o', id: 'j', path: 'a' }]);
    const [first] = await queue.receive('files', { max: 1, visibilitySeconds: 1 });
    clock.advance(2);
    const [second] = await queue.receive('files', { max: 1, visibilitySeconds: 1 });
    await queue.hide('files', first!.receipt, 0);
    await queue.acknowledge('files', [first!.receipt, 'nonsense', '']);
    expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 1, dead: 0 });
    await queue.acknowledge('files', [second!.receipt]);
    expect(await queue.depth('files')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
  });
});

describe('a clock that is set back by an hour', () => {
  const sent = { owner: 'o', id: 'j', path: 'a' };

  /** The machine's, which can be set, and one that cannot. */
  function machine() {
    const wall = manualClock();
    let elapsed = 0;
    return {
      clock: steadyClock(wall, () => elapsed),
      wall,
      pass(seconds: number) {
        wall.advance(seconds);
        elapsed += seconds * 1000;
      },
    };
  }

  it('makes nobody wait: what was sent, hidden or delayed comes when it would have come', async () => {
    using database = openLocalDatabase(join(folder.path, 'db.sqlite'));
    const { clock, wall, pass } = machine();
    const queue = localQueue(database, clock, attempts);
    await queue.send('files', [sent]);
    const [first] = await queue.receive('files', { max: 1, visibilitySeconds: 60 });
    wall.advance(-3600);
    await queue.hide('files', first!.receipt, 4);
    await queue.send('files', [{ ...sent, path: 'b' }]);
    expect((await queue.receive('files', { max: 9, visibilitySeconds: 60 })).map(({ body }) => body.path)).toEqual([
      'b',
    ]);
    pass(4);
    expect((await queue.receive('files', { max: 9, visibilitySeconds: 60 })).map(({ body }) => body.path)).toEqual([
      'a',
    ]);
  });

  it('is one that never goes back, and follows one that jumps ahead', () => {
    const { clock, wall, pass } = machine();
    const start = clock.now();
    wall.advance(-3600);
    expect(clock.now()).toBe(start);
    pass(10);
    expect(clock.now()).toBe(start + 10_000);
    wall.advance(600); // the machine slept
    expect(clock.now()).toBe(start + 610_000);
  });

  it('between two starts leaves no message behind, and a delay no longer than it was', async () => {
    using database = openLocalDatabase(join(folder.path, 'db.sqlite'));
    const before = localQueue(database, manualClock(3_600_000_000), attempts);
    await before.send('files', [sent, { ...sent, path: 'b' }]);
    await before.receive('files', { max: 1, visibilitySeconds: 60 });
    await before.send('files', [{ ...sent, path: 'delayed' }], { delaySeconds: 60 });
    const clock = manualClock(0);
    const after = localQueue(database, clock, attempts);
    expect(await after.receive('files', { max: 9, visibilitySeconds: 600 })).toEqual([]);
    await after.returnAll();
    const back = await after.receive('files', { max: 9, visibilitySeconds: 600 });
    expect(back.map(({ body, receives }) => [body.path, receives]).sort()).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    clock.advance(60);
    expect((await after.receive('files', { max: 9, visibilitySeconds: 600 })).map(({ body }) => body.path)).toEqual([
      'delayed',
    ]);
  });
});

describe('the local object store', () => {
  it('keeps its objects, also durably, when it is opened again', async () => {
    for (const durable of [false, true]) {
      const root = join(folder.path, String(durable));
      {
        await using store = await openLocalObjectStore({ root, durable });
        await store.put(ref, noise(100_000));
      }
      await using store = await openLocalObjectStore({ root, durable });
      expect(noise(100_000).equals(await bytesOf(await store.get(ref)))).toBe(true);
    }
  });

  it('deletes the file of an object that is replaced, removed or refused', async () => {
    await using store = await openLocalObjectStore({ root: folder.path });
    const count = async () => (await filesOf(join(folder.path, 'objects'))).length;
    await store.put(ref, noise(10));
    await store.put(ref, noise(20));
    expect(await count()).toBe(1);
    await expect(store.put(ref, noise(20), { bytes: 21 })).rejects.toMatchObject({ code: 'objectCorrupt' });
    expect(await count()).toBe(1);
    await store.remove(ref);
    expect(await count()).toBe(0);
    for (let i = 0; i < 5; i++) await store.put({ ...ref, key: `olga/job1/${i}` }, noise(10));
    await store.removeAll('inputs', 'olga/');
    expect(await count()).toBe(0);
  });

  it('says that an object is missing whose file was deleted', async () => {
    await using store = await openLocalObjectStore({ root: folder.path });
    await store.put(ref, noise(10));
    for (const file of await filesOf(join(folder.path, 'objects'))) await unlink(join(file.parentPath, file.name));
    await expect(store.get(ref)).rejects.toMatchObject({ code: 'objectMissing' });
    await expect(store.open(ref)).rejects.toMatchObject({ code: 'objectMissing' });
  });

  it('does not take the file of a put that runs in another process for a leftover', async () => {
    await using writer = await openLocalObjectStore({ root: folder.path });
    async function* slow() {
      yield noise(10);
      await using other = await openLocalObjectStore({ root: folder.path });
      expect(await other.head(ref)).toBeUndefined();
      yield noise(10);
    }
    expect(await writer.put(ref, slow())).toMatchObject({ bytes: 20 });
  });

  it('finds an object that is replaced between the look at the index and the opening of its file', async () => {
    await using store = await openLocalObjectStore({ root: folder.path });
    await store.put(ref, noise(100_000)); // a small one is read at once
    const threads = Array.from({ length: 8 }, () => promisify(pbkdf2)('', '', 100_000, 32, 'sha256'));
    const reading = store.get(ref); // its file is opened when a thread is free: after all that follows
    {
      using index = openObjectIndex(join(folder.path, 'index.sqlite'), { durable: false });
      const file = index.reserve(0);
      mkdirSync(join(folder.path, 'objects', '02'), { recursive: true });
      writeFileSync(join(folder.path, 'objects', '02', String(file)), 'new');
      const { file: old } = index.point(ref, { file, bytes: 3, crc32: 0, modifiedAt: 0 })!;
      unlinkSync(join(folder.path, 'objects', '01', String(old)));
    }
    expect((await bytesOf(await reading)).toString()).toBe('new');
    await Promise.all(threads);
  });

  it('reads an object as it was opened, also when it is replaced', async () => {
    await using store = await openLocalObjectStore({ root: folder.path });
    await store.put(ref, noise(100_000, 1));
    await using source = await store.open(ref);
    await store.put(ref, noise(50_000, 2));
    expect(noise(100_000, 1).equals(await source.read(0, 100_000))).toBe(true);
  });

  it('refuses a key that UTF-8 cannot hold', async () => {
    await using store = await openLocalObjectStore({ root: folder.path });
    await expect(store.put({ ...ref, key: 'olga/a\ud800.tif' }, noise(1))).rejects.toThrow(RangeError);
    await expect(store.put({ ...ref, key: '' }, noise(1))).rejects.toThrow(RangeError);
  });
});

describe('random access to a store without it', () => {
  /** A store that writes down its gets. */
  async function recording(bytes: Buffer) {
    const store = memoryObjectStore(manualClock());
    await store.put(ref, bytes);
    const gets: [number, number][] = [];
    const get: typeof store.get = (object, range) => {
      gets.push([range!.start, range!.end]);
      return store.get(object, range);
    };
    return { gets, store: { ...store, get } };
  }
  const MiB = 1 << 20;

  it('fetches a block once for many small reads near each other, also at the same time', async () => {
    const bytes = noise(3 * MiB);
    const { gets, store } = await recording(bytes);
    await using source = await objectSource(store, ref);
    const reads = await Promise.all(Array.from({ length: 50 }, (_, i) => source.read(i * 1000, 1000)));
    expect(Buffer.concat(reads).equals(bytes.subarray(0, 50_000))).toBe(true);
    expect(gets).toEqual([[0, MiB]]);
  });

  it('fetches a large read as one range, not through the cache', async () => {
    const bytes = noise(5 * MiB);
    const { gets, store } = await recording(bytes);
    await using source = await objectSource(store, ref);
    const target = new Uint8Array(new SharedArrayBuffer(4 * MiB));
    await source.readInto!(100, target);
    expect(bytes.subarray(100, 100 + 4 * MiB).equals(target)).toBe(true);
    expect(gets).toEqual([[100, 100 + 4 * MiB]]);
  });

  it('keeps eight blocks and fetches an older one again', async () => {
    const { gets, store } = await recording(noise(10 * MiB));
    await using source = await objectSource(store, ref);
    for (const block of [0, 1, 2, 3, 4, 5, 6, 7, 0, 8, 0, 1]) await source.read(block * MiB, 1);
    expect(gets.map(([start]) => start / MiB)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 1]);
  });

  it('tries again after a failed fetch', async () => {
    const { store } = await recording(noise(100));
    let fail = true;
    const flaky: typeof store.get = (object, range) => {
      if (!fail) return store.get(object, range);
      fail = false;
      return Promise.reject(new Error('the network went away'));
    };
    await using source = await objectSource({ ...store, get: flaky }, ref);
    await expect(source.read(0, 10)).rejects.toThrow('the network went away');
    expect(
      noise(100)
        .subarray(0, 10)
        .equals(await source.read(0, 10)),
    ).toBe(true);
  });

  it('says that an object became shorter', async () => {
    const { store } = await recording(noise(100));
    await using source = await objectSource(store, ref);
    await store.put(ref, noise(50));
    await expect(source.read(40, 20)).rejects.toMatchObject({ code: 'objectCorrupt' });
  });
});
