import { describe, expect, it } from '@jest/globals';
import type { Call } from '../../../client/call.ts';
import { ServiceError } from '../../../client/service-error.ts';
import { FileError } from '../../../client/upload/file-error.ts';
import { limiter } from '../../../client/upload/limiter.ts';
import type { Outgoing } from '../../../client/upload/outgoing.ts';
import { sendFiles } from '../../../client/upload/send-files.ts';
import type { SendEvent, SendOptions } from '../../../client/upload/transfer.ts';
import type { SignedRequestView } from '../../../functions/contract/signed-request.ts';
import type { CompleteBody, PartsBody, UploadAnswer, UploadsBody } from '../../../functions/contract/uploads.ts';

type Asked = { call: string; files?: number; parts?: number[] };

const request = (url: string): SignedRequestView & { method: 'PUT' } => ({
  method: 'PUT',
  url,
  headers: {},
  expiresAt: '2026-01-01T00:00:00.000Z',
});
const putAnswer = (path: string): UploadAnswer => ({ state: 'put', path, request: request(path) });
const problem = (status: number, code: string) =>
  new ServiceError(status, {
    problem: { type: '', title: code, status, detail: '', instance: '', code, requestId: 'r' },
  });
const file = (path: string, text = 'image'): Outgoing => ({
  path,
  bytes: text.length,
  open: async () => ({ body: new Blob([text]), modifiedAt: 1 }),
});

/** A service that answers each file with `answer`, and a store that takes everything unless `put` refuses. */
function world(answer: (path: string) => UploadAnswer = putAnswer, put: (url: string) => void = () => {}) {
  const calls: Asked[] = [];
  const named: UploadsBody['files'] = [];
  const puts: string[] = [];
  const waits: number[] = [];
  const events: SendEvent[] = [];
  const atOnce = { now: 0, most: 0 };
  const options: Omit<SendOptions, 'files'> = {
    jobId: 'job',
    notSent: [],
    limit: limiter(4),
    filesPerCall: 500,
    patience: {
      async wait(milliseconds) {
        waits.push(milliseconds);
      },
      random: () => 1,
    },
    signal: new AbortController().signal,
    tell: (event) => events.push(event),
    call: (async (id: string, { body }: { body: never }) => {
      if (id === 'signUploads') {
        const { files }: UploadsBody = body;
        calls.push({ call: 'sign', files: files.length });
        named.push(...files);
        return { files: files.map(({ path }) => answer(path)) };
      }
      if (id === 'signParts') {
        const { parts }: PartsBody = body;
        calls.push({ call: 'signParts', parts });
        return { parts: parts.map((part) => ({ part, bytes: 2, request: request(`part ${part}`) })) };
      }
      const { path, parts }: CompleteBody = body;
      calls.push({ call: `complete ${parts.map(({ part, etag }) => `${part}=${etag}`).join(' ')}` });
      return { path, bytes: 5 };
    }) as Call,
    async put({ url }, body, onSent) {
      atOnce.most = Math.max(atOnce.most, ++atOnce.now);
      await new Promise(setImmediate);
      atOnce.now--;
      puts.push(url);
      put(url);
      onSent(body.size);
      return `etag of ${url}`;
    },
  };
  return { options, calls, named, puts, waits, events, atOnce };
}

const ends = (events: readonly SendEvent[]) =>
  events.flatMap((event) => (event.kind === 'sent' ? [] : [`${event.path} ${event.kind}`])).sort();

describe('sending a folder', () => {
  it('names 10,000 files in 20 calls and sends four at once', async () => {
    const { options, calls, puts, events, atOnce } = world();
    await sendFiles({ ...options, files: Array.from({ length: 10_000 }, (_, i) => file(`${i}.tif`)) });
    expect(calls).toEqual(Array(20).fill({ call: 'sign', files: 500 }));
    expect(new Set(puts).size).toBe(10_000);
    expect(events.filter(({ kind }) => kind === 'arrived').length).toBe(10_000);
    expect(atOnce.most).toBe(4);
  });

  it('sends only what is missing, and says what was there or is refused', async () => {
    const answers: Record<string, UploadAnswer> = {
      'a.tif': { state: 'present', path: 'a.tif', bytes: 5 },
      'b.tif': putAnswer('b.tif'),
      'c.txt': { state: 'refused', path: 'c.txt', code: 'imageLeftOut', message: 'not a TIFF file' },
    };
    const { options, puts, events } = world((path) => answers[path]!);
    await sendFiles({ ...options, files: Object.keys(answers).map((path) => file(path)) });
    expect(puts).toEqual(['b.tif']);
    expect(ends(events)).toEqual(['a.tif present', 'b.tif arrived', 'c.txt refused']);
  });

  it('tries a file five times again, later each time, and then goes on with the others', async () => {
    const { options, puts, waits, events } = world(putAnswer, (url) => {
      if (url === 'bad.tif') throw new ServiceError(503);
    });
    await sendFiles({ ...options, files: [file('bad.tif'), file('good.tif')] });
    expect(puts.filter((url) => url === 'bad.tif').length).toBe(6);
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(ends(events)).toEqual(['bad.tif failed', 'good.tif arrived']);
  });

  it('asks for a new signature when one has ended', async () => {
    let refusals = 1;
    const { options, calls, events } = world(putAnswer, () => {
      if (refusals-- > 0) throw problem(403, 'signatureRefused');
    });
    await sendFiles({ ...options, files: [file('a.tif')] });
    expect(calls.length).toBe(2);
    expect(ends(events)).toEqual(['a.tif arrived']);
  });

  it('does not repeat what cannot work', async () => {
    const { options, puts, waits, events } = world(putAnswer, () => {
      throw problem(507, 'noSpace');
    });
    await sendFiles({ ...options, files: [file('a.tif')] });
    expect([puts.length, waits]).toEqual([1, []]);
    expect(ends(events)).toEqual(['a.tif failed']);
  });

  it('sends the parts of a large file that are missing, and puts all together in order', async () => {
    const sent = [{ part: 2, bytes: 2, etag: 'old' }];
    const large: UploadAnswer = { state: 'multipart', path: 'a.tif', uploadId: 'u', partBytes: 2, partCount: 3, sent };
    const { options, calls, puts, events } = world(() => large);
    await sendFiles({ ...options, files: [file('a.tif', '12345')] });
    expect(puts.sort()).toEqual(['part 1', 'part 3']);
    expect(calls.slice(1)).toEqual([
      { call: 'signParts', parts: [1, 3] },
      { call: 'complete 1=etag of part 1 2=old 3=etag of part 3' },
    ]);
    expect(Math.max(...events.map((event) => (event.kind === 'sent' ? event.bytes : 0)))).toBe(5);
    expect(ends(events)).toEqual(['a.tif arrived']);
  });

  it('stops at once when it is told to', async () => {
    const stop = new AbortController();
    const { options, puts } = world(putAnswer, () => stop.abort(new Error('stopped')));
    const files = Array.from({ length: 100 }, (_, i) => file(`${i}.tif`));
    await expect(sendFiles({ ...options, files, signal: stop.signal })).rejects.toThrow('stopped');
    expect(puts.length).toBeLessThanOrEqual(4);
  });

  it('throws when nothing can be signed', async () => {
    const { options } = world(() => {
      throw problem(429, 'overDay');
    });
    await expect(sendFiles({ ...options, files: [file('a.tif')] })).rejects.toMatchObject({ status: 429 });
  });

  it('names a file with what tells it from others of its name', async () => {
    const { options, named } = world();
    await sendFiles({ ...options, files: [file('a.tif', 'one'), file('b.tif', 'two')] });
    expect(named.map(({ path }) => path)).toEqual(['a.tif', 'b.tif']);
    expect(new Set(named.map(({ identity }) => identity)).size).toBe(2);
    expect(named[0]!.identity).toMatch(/^1-[0-9a-f]{32}$/);
  });

  it('names what is not sent before the others, with reasons that the service cannot know', async () => {
    const { options, named, puts, events } = world((path) =>
      path === 'a.tif' ? putAnswer(path) : { state: 'refused', path, code: 'namedTwice', message: 'twice' },
    );
    const notSent = [
      { path: 'a (2).tif', bytes: 3, reason: 'namedTwice' },
      { path: 'notes.txt', bytes: 4, reason: 'notImage' },
    ] as const;
    await sendFiles({ ...options, files: [file('a.tif')], notSent });
    expect(named.slice(0, 2)).toEqual([
      { path: 'a (2).tif', bytes: 3, notSent: 'namedTwice' },
      { path: 'notes.txt', bytes: 4 },
    ]);
    expect(named[2]).toMatchObject({ path: 'a.tif' });
    expect(puts).toEqual(['a.tif']);
    expect(ends(events)).toEqual(['a (2).tif refused', 'a.tif arrived', 'notes.txt refused']);
  });

  it('says that a file is gone where its connection seems to break, and goes on with the others', async () => {
    let gone = false;
    const lost: Outgoing = {
      ...file('lost.tif'),
      async open() {
        if (gone) throw new FileError('gone');
        return { body: new Blob(['image']), modifiedAt: 1 };
      },
    };
    const { options, puts, waits, events } = world(putAnswer, (url) => {
      if (url !== 'lost.tif') return;
      gone = true;
      throw new ServiceError(0);
    });
    await sendFiles({ ...options, files: [lost, file('b.tif')] });
    expect(ends(events)).toEqual(['b.tif arrived', 'lost.tif failed']);
    expect(events.find(({ kind }) => kind === 'failed')).toMatchObject({ error: { reason: 'gone' } });
    expect([puts.sort(), waits]).toEqual([['b.tif', 'lost.tif'], []]);
  });

  it('names a file that cannot be read and does not send it', async () => {
    const broken: Outgoing = { ...file('a.tif'), open: () => Promise.reject(new FileError('changed')) };
    const { options, named, puts, events } = world();
    await sendFiles({ ...options, files: [broken] });
    expect(named).toEqual([{ path: 'a.tif', bytes: 5 }]);
    expect([puts, ends(events)]).toEqual([[], ['a.tif failed']]);
  });

  it('keeps trying while nothing answers, for as long as it is asked to', async () => {
    let failures = 40;
    const { options, puts, waits, events } = world(putAnswer, () => {
      if (failures-- > 0) throw new ServiceError(0);
    });
    const said: boolean[] = [];
    const patience = { ...options.patience, endless: true, onUnreachable: (now: boolean) => said.push(now) };
    await sendFiles({ ...options, patience, files: [file('a.tif')] });
    expect([puts.length, waits.length, Math.max(...waits)]).toEqual([41, 40, 30_000]);
    expect([said.includes(true), said.at(-1)]).toEqual([true, false]);
    expect(ends(events)).toEqual(['a.tif arrived']);
  });

  it('sends four at once over all folders that share a limit', async () => {
    const [a, b] = [world(), world()];
    const atOnce = { now: 0, most: 0 };
    const put: SendOptions['put'] = async () => {
      atOnce.most = Math.max(atOnce.most, ++atOnce.now);
      await new Promise(setImmediate);
      atOnce.now--;
      return 'etag';
    };
    const files = Array.from({ length: 50 }, (_, i) => file(`${i}.tif`));
    await Promise.all([a, b].map(({ options }) => sendFiles({ ...options, limit: a.options.limit, put, files })));
    expect(atOnce.most).toBe(4);
  });
});
