import { describe, expect, it } from '@jest/globals';
import type { Job } from '../../../functions/core/job.ts';
import { type EndedJob, isNotified, noticeOf } from '../../../functions/core/notice.ts';

const page = 'https://lab.example';
const job: EndedJob = {
  ...{ owner: 'olga', id: 'job-0001', name: 'experiment', state: 'completed', sealed: true, retrying: false },
  settings: { model: { name: 'nuclei', sha256: 'b'.repeat(64) } },
  ...{ expected: 1200, bytes: 5, done: 1197, failed: 3, leftOut: 0, generation: 1 },
  ...{ createdAt: Date.UTC(2026, 0, 1, 12), changedAt: Date.UTC(2026, 0, 1, 13, 2, 30) },
};
const failure = { code: 'jobAllFailed', message: 'no file could be predicted: all 3 files failed' };

describe('a notice', () => {
  it('of a completed job says how it went and leads to its results', () => {
    const notice = noticeOf(job, { page, objects: 45210 });
    expect(notice.subject).toBe('[labdeploy] experiment is ready: 3 of 1,200 files failed');
    expect(notice.text).toBe(`experiment is ready: 3 of 1,200 files failed.

Files    1,197 of 1,200 done
Failed   3, each with its reason on the page
Objects  45,210
Took     1 h 3 min
Model    nuclei

Download the results (sign in first):
https://lab.example/jobs/job-0001?download

Open the job:
https://lab.example/jobs/job-0001
`);
    expect(notice.payload).toEqual({
      version: 1,
      id: 'job-0001.1.completed',
      event: 'job.completed',
      text: 'experiment is ready: 3 of 1,200 files failed: https://lab.example/jobs/job-0001',
      job: {
        ...{ id: 'job-0001', name: 'experiment', owner: 'olga', state: 'completed', model: 'nuclei', generation: 1 },
        files: { total: 1200, done: 1197, failed: 3, leftOut: 0 },
        objects: 45210,
        startedAt: '2026-01-01T12:00:00.000Z',
        endedAt: '2026-01-01T13:02:30.000Z',
        durationSeconds: 3750,
        url: 'https://lab.example/jobs/job-0001',
        downloadUrl: 'https://lab.example/jobs/job-0001?download',
      },
    });
  });

  it('counts what was left out by itself, and as no failure', () => {
    const notice = noticeOf({ ...job, expected: 1210, leftOut: 10 }, { page });
    expect(notice.subject).toBe('[labdeploy] experiment is ready: 3 of 1,200 files failed');
    expect(notice.text).toContain(`Files    1,197 of 1,200 done
Failed   3, each with its reason on the page
Left out 10, each with its reason on the page
`);
    expect(notice.payload.job.files).toEqual({ total: 1210, done: 1197, failed: 3, leftOut: 10 });
  });

  it('names the files without results with their reasons, the first ten of many', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ path: `notes ${i}.txt`, message: 'left out: no image' }));
    const failed = [{ path: 'a<b>\u202e.tif', message: 'the file is empty: it has 0 bytes' }];
    const facts = { page, notDone: { failed, leftOut: many } };
    const notice = noticeOf({ ...job, failed: 1, done: 1199, expected: 1212, leftOut: 12 }, facts);
    expect(notice.text).toContain(`Files    1,199 of 1,200 done
Failed   1
- a<b>.tif: the file is empty: it has 0 bytes
Left out 12, all with their reasons on the page
- notes 0.txt: left out: no image
- notes 1.txt: left out: no image
`);
    expect(notice.text.match(/^- /gm)).toHaveLength(11);
    expect(notice.html).toContain('>a&lt;b&gt;.tif: the file is empty: it has 0 bytes<');
  });

  it('has no word of failures where there are none, and no duration of a retry', () => {
    const notice = noticeOf({ ...job, done: 1200, failed: 0, generation: 2 }, { page });
    expect(notice.subject).toBe('[labdeploy] experiment is ready');
    expect(notice.text).not.toMatch(/Failed|Took|Objects/);
    expect(notice.payload.job).not.toHaveProperty('durationSeconds');
    expect(notice.id).toBe('job-0001.2.completed');
  });

  it('of a failed job says why and what to do, and offers no download', () => {
    const notice = noticeOf({ ...job, state: 'failed', expected: 3, done: 0, failed: 3, failure }, { page });
    expect(notice.subject).toBe('[labdeploy] experiment failed');
    expect(notice.text).toBe(`experiment failed.

no file could be predicted: all 3 files failed.

What to do: read the reason beside each file, then retry or send other files.

Files    0 of 3 done
Failed   3, each with its reason on the page
Took     1 h 3 min
Model    nuclei

Open the job:
https://lab.example/jobs/job-0001
`);
    expect(notice.payload.job).toMatchObject({ failure: { ...failure, next: expect.stringContaining('retry') } });
    expect(notice.payload.job).not.toHaveProperty('downloadUrl');
  });

  it('of an expired job says that it was never submitted', () => {
    const notice = noticeOf({ ...job, state: 'expired', done: 0, failed: 0 }, { page });
    expect(notice.subject).toBe('[labdeploy] experiment was given up: it was never submitted');
    expect(notice.text).toContain('Drop the same folder again');
  });

  it('names a public link with its end', () => {
    const publicLink = { url: `${page}/v1/links/abc`, expiresAt: Date.UTC(2026, 1, 3, 4, 5) };
    expect(noticeOf(job, { page, publicLink }).text).toContain(
      'Whoever has this link can download the results until 2026-02-03 04:05 UTC:\nhttps://lab.example/v1/links/abc\n',
    );
  });

  it.each([
    ['a header', 'x\r\nBcc: all@lab.example', 'x Bcc: all@lab.example'],
    ['control characters', 'a\u0000\u001b[31mb\u0085c\u2028d', 'a [31mb c d'],
    ['turned writing', 'report\u202efdp.exe', 'reportfdp.exe'],
    ['any script', 'Größe µm 细胞 🔬', 'Größe µm 细胞 🔬'],
  ])('keeps its subject one honest line of %s', (_what, name, shown) => {
    const { subject, payload } = noticeOf({ ...job, name, failed: 0 }, { page });
    expect(subject).toBe(`[labdeploy] ${shown} is ready`);
    expect(payload.job.name).toBe(shown);
  });

  it('has no subject that a mail program would decode', () => {
    const { subject } = noticeOf({ ...job, name: '=?utf-8?q?x=0d=0aBcc:_a@b?=', failed: 0 }, { page });
    expect(subject).toBe('[labdeploy] =\u200b?utf-8?q?x=0d=0aBcc:_a@b?= is ready');
  });

  it('escapes what would be markup in its HTML', () => {
    const { html } = noticeOf({ ...job, name: `<img src=x onerror="a('&')">`, failed: 0 }, { page });
    expect(html).toContain(
      '<h1 style="font-size:18px">&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt; is ready</h1>',
    );
    expect(html).toContain('<a href="https://lab.example/jobs/job-0001?download">');
  });

  it.each([
    ['uploading', false],
    ['processing', false],
    ['packaging', false],
    ['completed', true],
    ['failed', true],
    ['cancelled', false],
    ['expired', true],
  ] as const)('is given of a job that is %s: %s', (state, notified) => {
    expect(isNotified({ ...job, state } as Job)).toBe(notified);
  });
});
