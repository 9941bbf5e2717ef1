import { describe, expect, it } from '@jest/globals';
import type { Call } from '../../../client/call.ts';
import { ServiceError } from '../../../client/service-error.ts';
import { FileError } from '../../../client/upload/file-error.ts';
import type { Outgoing } from '../../../client/upload/outgoing.ts';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { UploadsBody } from '../../../functions/contract/uploads.ts';
import { uploadCenter } from '../../../web/upload/center.ts';
import { pagePatience } from '../../../web/upload/page-patience.ts';
import { pickedFile } from '../../../web/upload/picked-file.ts';

const job = { id: 'job1', name: 'plate' };
const file = (path: string, open?: Outgoing['open']): Outgoing => ({
  path,
  bytes: 5,
  open: open ?? (async () => ({ body: new Blob(['image']), modifiedAt: 1 })),
});
const gone = () => Promise.reject(new FileError('gone'));

/** A service that takes everything; `put` may refuse. */
function world(put: (url: string) => Promise<void> | void = () => {}) {
  const named: UploadsBody['files'] = [];
  const submits: unknown[] = [];
  const ended: string[] = [];
  /** Whether the upload said that nothing answers, whenever it waited. */
  const waits: boolean[] = [];
  const call = (async (id: string, { body }: { body: never }) => {
    if (id === 'submitJob') {
      submits.push(body);
      return { id: 'job1', state: 'processing' } as JobView;
    }
    const { files }: UploadsBody = body;
    named.push(...files);
    return {
      files: files.map(({ path, notSent }) =>
        notSent === undefined
          ? { state: 'put', path, request: { method: 'PUT', url: path, headers: {}, expiresAt: '' } }
          : { state: 'refused', path, code: notSent, message: 'out' },
      ),
    };
  }) as Call;
  const uploads = uploadCenter({
    call,
    async put({ url }, _body, onSent) {
      await put(url);
      onSent(5);
      return 'etag';
    },
    filesPerCall: 500,
    patience: {
      endless: true,
      random: () => 1,
      async wait() {
        waits.push(uploads.get('job1')!.unreachable);
      },
    },
    now: () => 0,
    schedule: (flush) => flush(),
    onJob: ({ state }) => ended.push(state),
  });
  const until = (phase: string): Promise<void> =>
    new Promise((resolve) => {
      const look = () => uploads.get('job1')?.phase === phase && resolve();
      uploads.subscribe(look);
      look();
    });
  return { uploads, named, submits, ended, waits, until };
}

describe('the upload of a job', () => {
  it('ends with everything sent and the list of files closed', async () => {
    const { uploads, submits, ended, until } = world();
    uploads.start(job, { send: [file('a.tif'), file('b.tif')], notSent: [] });
    expect(uploads.busy()).toBe(true);
    await until('done');
    expect(uploads.get('job1')).toMatchObject({ files: 2, arrived: 2, sentBytes: 10, movedBytes: 10, bytes: 10 });
    expect([submits, ended, uploads.busy()]).toEqual([[{}], ['processing'], false]);
  });

  it('is incomplete while a file is gone, and done when it was chosen again', async () => {
    const { uploads, submits, until } = world();
    uploads.start(job, { send: [file('a.tif'), file('b.tif', gone)], notSent: [] });
    await until('incomplete');
    expect([...uploads.get('job1')!.failures]).toEqual([['b.tif', new FileError('gone').message]]);
    uploads.retry('job1');
    await until('sending');
    await until('incomplete');
    uploads.retry('job1', ['b.tif'], [file('a.tif', gone), file('b.tif')]);
    await until('done');
    expect(uploads.get('job1')).toMatchObject({ arrived: 2, sentBytes: 10 });
    expect(submits).toEqual([{}]);
  });

  it('goes on without a file that is taken out, and names it so', async () => {
    const { uploads, named, submits, until } = world();
    uploads.start(job, { send: [file('a.tif'), file('b.tif', gone), file('c.tif', gone)], notSent: [] });
    await until('incomplete');
    await uploads.withdraw('job1', 'b.tif');
    expect([uploads.get('job1')!.phase, submits]).toEqual(['incomplete', []]);
    await uploads.withdraw('job1', 'c.tif');
    expect([uploads.get('job1')!.phase, submits]).toEqual(['done', [{}]]);
    expect(named.slice(-2)).toEqual(['b.tif', 'c.tif'].map((path) => ({ path, bytes: 5, notSent: 'withdrawn' })));
  });

  it('closes the list without what never arrived', async () => {
    const { uploads, submits, until } = world();
    uploads.start(job, { send: [file('a.tif', gone)], notSent: [] });
    await until('incomplete');
    await uploads.goOnWithout('job1');
    expect([uploads.get('job1')!.phase, submits]).toEqual(['done', [{ missing: 'fail' }]]);
  });

  it('says while nothing answers that it waits', async () => {
    let silent = 9;
    const { uploads, waits, until } = world(() => {
      if (silent-- > 0) throw new ServiceError(0);
    });
    uploads.start(job, { send: [file('a.tif')], notSent: [] });
    await until('done');
    expect([waits, uploads.get('job1')!.unreachable]).toEqual([Array(9).fill(true), false]);
  });

  it('is stopped, and goes on when it is asked to', async () => {
    let stops = 1;
    const { uploads, until } = world(() => {
      if (stops-- <= 0) return;
      uploads.stop('job1');
      throw new Error('aborted');
    });
    uploads.start(job, { send: [file('a.tif'), file('b.tif')], notSent: [] });
    await until('stopped');
    expect(uploads.get('job1')!.failures.size).toBe(0);
    uploads.again('job1');
    await until('done');
    expect(uploads.get('job1')!.arrived).toBe(2);
  });
});

describe('the patience of a page', () => {
  it('ends at once when the browser finds a network', async () => {
    const network = new EventTarget();
    const { wait, endless } = pagePatience(network);
    const { signal } = new AbortController();
    const waiting = [wait(1e9, signal), wait(1e9, signal)];
    network.dispatchEvent(new Event('online'));
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    expect(endless).toBe(true);
  });
  it('is given up with its upload', async () => {
    const stop = new AbortController();
    const waiting = pagePatience(new EventTarget()).wait(1e9, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });
});

describe('a chosen file', () => {
  const chosen = () => {
    const file = new File(['image'], 'a.tif', { lastModified: 7 });
    return { file, picked: pickedFile('a.tif', file) };
  };
  it('is opened as it was', async () => {
    const { body, modifiedAt } = await chosen().picked.open();
    expect([await body.text(), modifiedAt]).toEqual(['image', 7]);
  });
  it('that has another date or size is not sent', async () => {
    for (const changes of [{ lastModified: 8 }, { size: 6 }]) {
      const { file, picked } = chosen();
      await picked.open();
      for (const [name, value] of Object.entries(changes)) Object.defineProperty(file, name, { value });
      await expect(picked.open()).rejects.toMatchObject({ reason: 'changed' });
    }
  });
  it('that is gone is named as that', async () => {
    const { file, picked } = chosen();
    Object.defineProperty(file, 'size', { value: 0 });
    const read = () => Promise.reject(new DOMException('not found', 'NotFoundError'));
    Object.defineProperty(file, 'slice', { value: () => ({ arrayBuffer: read }) });
    await expect(picked.open()).rejects.toMatchObject({ reason: 'gone' });
  });
});
