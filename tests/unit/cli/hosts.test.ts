import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { formatBytes, formatSeconds, table } from '../../../cli/io/format.ts';
import { jsonHost, terminalHost } from '../../../cli/io/terminal.ts';
import { Failure } from '../../../functions/core/errors.ts';

function recorder(columns?: number) {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream: Object.assign(stream, columns === undefined ? {} : { columns }), text: () => text };
}

const progress = {
  files: 3,
  done: 1,
  failed: 0,
  leftOut: 0,
  planes: 2,
  bytes: 5e6,
  totalBytes: 15e6,
  seconds: 2,
  secondsLeft: 4,
};

describe('the terminal', () => {
  it('redraws progress on one line no wider than the screen, and clears it for what stays', () => {
    const [out, err] = [recorder(), recorder(20)];
    const host = terminalHost({ out: out.stream, err: err.stream }, { colour: false, live: true });
    host.emit('run.progress', progress);
    host.emit('run.failed', { path: 'a.tif', code: 'imageEmpty', message: 'the file is empty' });
    expect(err.text()).toBe('\r\u001b[2K1 of 3 files, 2 pla\r\u001b[2Ka.tif failed: the file is empty [imageEmpty]\n');
    expect(out.text()).toBe('');
  });

  it('writes plain lines, few of them, where nobody watches', () => {
    const err = recorder();
    const host = terminalHost({ out: recorder().stream, err: err.stream }, { colour: false, live: false });
    for (let i = 0; i < 100; i++) host.emit('run.progress', progress);
    expect(err.text()).toBe('1 of 3 files, 2 planes, 2.5 MB/s, 4.0 s left\n');
  });

  it('keeps results on stdout and the rest off it', () => {
    const [out, err] = [recorder(), recorder()];
    const host = terminalHost({ out: out.stream, err: err.stream }, { colour: false, live: false });
    host.emit('run.leftOut', { path: '.DS_Store', code: 'imageLeftOut', message: 'left out: it is hidden' });
    host.emit('model.listed', { models: [{ name: 'nuclei', version: '1', path: '/m', description: 'd' }] });
    expect(out.text()).toContain('nuclei');
    expect(err.text()).toBe('.DS_Store left out: it is hidden\n');
  });

  it('shows what a name would have the terminal do, and does none of it', () => {
    const [out, err] = [recorder(), recorder()];
    const host = terminalHost({ out: out.stream, err: err.stream }, { colour: false, live: false });
    const name = 'nuclei\u001b]0;title\u0007\u202egpj\u009b2J';
    host.emit('model.listed', { models: [{ name, version: '1', path: '/m', description: 'd' }] });
    host.fail(new Failure('modelMissing', { where: name }), false);
    const shown = 'nuclei\\u{1b}]0;title\\u{7}\\u{202e}gpj\\u{9b}2J';
    expect(out.text()).toContain(shown);
    expect(err.text()).toContain(`no model at ${shown}`);
    expect(out.text() + err.text()).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
  });
});

describe('JSON lines', () => {
  it('are the same values with nothing in them that a terminal would obey', () => {
    const out = recorder();
    const model = { name: 'a\u009b2J\u202eb\u001b', version: '1', path: '/m', description: 'd' };
    jsonHost({ out: out.stream, err: recorder().stream }).emit('model.listed', { models: [model] });
    expect(out.text()).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
    expect(JSON.parse(out.text())).toEqual({ event: 'model.listed', models: [model] });
  });

  it('are one object an event, with its name', () => {
    const out = recorder();
    jsonHost({ out: out.stream, err: recorder().stream }).emit('run.progress', progress);
    expect(JSON.parse(out.text())).toEqual({ event: 'run.progress', ...progress });
  });

  it('of inspect are the report itself', () => {
    const out = recorder();
    const host = jsonHost({ out: out.stream, err: recorder().stream });
    host.emit('inspect.file', { file: 'a.tif', failure: { code: 'imageEmpty', message: 'empty' } });
    expect(JSON.parse(out.text())).toEqual({ file: 'a.tif', error: { code: 'imageEmpty', message: 'empty' } });
  });
});

describe('figures', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [41_943_040, '41.9 MB'],
    [999_600, '1.00 MB'],
    [2.5e12, '2.50 TB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0.44, '0.4 s'],
    [9.96, '10 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [3599.7, '1 h 00 min'],
    [7800, '2 h 10 min'],
  ])('%d seconds are %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

  it('stand in columns, numbers to the right', () => {
    expect(
      table([
        ['name', 'n'],
        ['ä', '5'],
        ['long', '12 kB'],
      ]),
    ).toEqual(['name  n', 'ä         5', 'long  12 kB']);
  });
});
