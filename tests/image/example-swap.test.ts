import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { freePort } from '../../functions/model/container/free-port.ts';
import { requestTransform } from '../../functions/model/container/transform-request.ts';
import { waitForPing } from '../../functions/model/container/wait-for-ping.ts';
import { encodeJpeg } from '../../functions/photographs/encode-jpeg.ts';
import { readPicture } from '../../functions/photographs/read-picture.ts';
import { describeWithBuilder } from '../support/image/describe-with-builder.ts';
import { coloursOf, quarters } from '../support/photographs.ts';

const folder = resolve(import.meta.dirname, '../../models/example-swap');
const image = 'labdeploy-example-swap:test';
const minute = 60_000;

await describeWithBuilder('the image of models/example-swap', (builder) => {
  it(
    'fetches a photograph and a base picture, stores a picture of both, and refuses one without a base picture in words',
    async () => {
      await builder.build(join(folder), image);
      const port = await freePort();
      const container = await builder.start(image, [], { env: { PORT: String(port) } });
      const base = await encodeJpeg(quarters(400, 300));
      const photograph = await encodeJpeg({ width: 96, height: 96, data: new Uint8Array(3 * 96 * 96).fill(250) });
      let stored: Buffer | undefined;
      const store = createServer(async (request, response) => {
        if (request.method === 'PUT') stored = Buffer.concat(await request.toArray());
        response.end(request.url === '/photograph' ? photograph : base);
      });
      await new Promise<void>((listening) => store.listen(0, '127.0.0.1', listening));
      try {
        const at = (name: string) => `http://127.0.0.1:${(store.address() as AddressInfo).port}/${name}`;
        const asked = { uuid: '0a1b2c3d', bucket: '', source: at('photograph'), output: at('output') };
        const url = `http://127.0.0.1:${port}`;
        await waitForPing(url);
        await requestTransform(url, { ...asked, target: at('base') });
        const made = await readPicture(stored!);
        expect([made.width, made.height, coloursOf(made)]).toEqual([400, 300, ['red', 'green', 'blue', 'grey']]);
        const middle = 3 * (150 * 400 + 200);
        expect(Math.min(...made.data.subarray(middle, middle + 3))).toBeGreaterThan(240);
        await expect(requestTransform(url, asked)).rejects.toMatchObject({
          ...{ code: 'pictureNotTransformed', message: expect.stringContaining('its recipe gives no base picture') },
        });
      } finally {
        await container.interrupt();
        await container.finished;
        store.close();
      }
    },
    20 * minute,
  );
});
