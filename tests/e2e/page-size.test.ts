import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildPage } from '../support/built.ts';

describe('the built page', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await buildPage();
  }, 600_000);

  it('loads less than 250 kB of gzipped scripts at first', () => {
    const index = readFileSync(join(folder, 'index.html'), 'utf8');
    const scripts = [...index.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name!);
    const bytes = scripts.map((name) => gzipSync(readFileSync(join(folder, name))).length);
    const sum = bytes.reduce((total, each) => total + each, 0);
    expect(sum).toBeGreaterThan(80_000); // all of it was counted
    expect(sum).toBeLessThan(250_000);
  });

  it('fetches the viewer when it is opened, in less than 120 kB of gzipped scripts', () => {
    const assets = join(folder, 'assets');
    const index = readFileSync(join(folder, 'index.html'), 'utf8');
    const parts = readdirSync(assets).filter((name) => /^(viewer|look-inside|worker)[\w-]*\.(js|css)$/.test(name));
    const kinds = [...new Set(parts.map((name) => name.replace(/-[\w-]{8}\./, '.')))].sort();
    expect(kinds).toEqual(['look-inside.js', 'viewer-screen.js', 'viewer.css', 'viewer.js', 'worker.js']);
    expect(parts.filter((name) => index.includes(name))).toEqual([]);
    const sum = parts.reduce((total, name) => total + gzipSync(readFileSync(join(assets, name))).length, 0);
    expect(sum).toBeGreaterThan(20_000);
    expect(sum).toBeLessThan(120_000);
    const first = readdirSync(assets).filter((name) => index.includes(name) && name.endsWith('.js'));
    expect(first.filter((name) => readFileSync(join(assets, name), 'utf8').includes('Pixel by pixel'))).toEqual([]);
  });

  it('carries no validator: the schemas of the contract are types to it', () => {
    const assets = join(folder, 'assets');
    const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.filter((name) => /ZodError|safeParse/.test(readFileSync(join(assets, name), 'utf8')))).toEqual([]);
  });

  it('holds no inline script or style', () => {
    const index = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(index).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=/);
  });
});
