import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { servePage } from '../../functions/runtime/workstation/page.ts';
import { buildPage } from '../support/built.ts';

/**
 * Bytes of everything that the first screen needs, as they are sent: the page, its scripts and styles, the icon. The bounds
 * are a little above what is sent (166,877 and 169,581 bytes on 2026-11-30): whoever needs more says so here.
 */
const bounds = { gzip: 175_000, br: 175_000 };
/** Bytes: nothing shorter is packed, neither here (compression's default) nor by CloudFront (1,000). */
const smallest = 1024;

describe('the first load of the page, as the local service and CloudFront send it', () => {
  let folder: string;
  const server = createServer();
  beforeAll(async () => {
    folder = await buildPage();
    server.on('request', servePage(folder));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }, 120_000);
  afterAll(() => {
    server.close();
  });

  /** The body as it comes over the wire, whatever it is packed with. */
  async function sent(path: string, encoding: string): Promise<{ bytes: number; packed: string | undefined }> {
    const { port } = server.address() as AddressInfo;
    const request = get({ host: '127.0.0.1', port, path, headers: { 'accept-encoding': encoding } });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    let bytes = 0;
    for await (const chunk of answer) bytes += (chunk as Buffer).length;
    expect([path, answer.statusCode]).toEqual([path, 200]);
    return { bytes, packed: answer.headers['content-encoding'] };
  }

  it.each(['gzip', 'br'] as const)('is packed by %s, within its bound', async (encoding) => {
    const index = readFileSync(join(folder, 'index.html'), 'utf8');
    const linked = [...index.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(linked.filter((path) => /\.js$/.test(path)).length).toBeGreaterThan(0);
    expect(linked.filter((path) => /\.css$/.test(path))).toHaveLength(1);
    let sum = 0;
    for (const path of ['/', ...linked]) {
      const { bytes, packed } = await sent(path, encoding);
      const isSmall = statSync(join(folder, path === '/' ? 'index.html' : path)).size < smallest;
      expect([path, packed]).toEqual([path, isSmall ? undefined : encoding]);
      sum += bytes;
    }
    expect(sum).toBeLessThanOrEqual(bounds[encoding]);
  });
});
