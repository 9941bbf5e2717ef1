// An example of a container for pictures (docs/containers.md): puts the photograph into the middle of the base picture, in an
// oval with a soft edge. A network that swaps faces would stand in `swap`.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import load from '@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs';

const wasm = createRequire(import.meta.url).resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/wasm');
const largest = 50_000_000;
/** Of the base picture's shorter side: height of the oval, and how wide its edge is. */
const [tall, edge] = [0.5, 0.1];

/** What the person who sent the picture reads. */
class Refused extends Error {}

/** A module for each picture: its memory is given back with it. */
const codec = async () => load({ wasmBinary: await readFile(wasm), print: () => {}, printErr: () => {} });

async function decode(jpeg) {
  const decoder = new (await codec()).JPEGDecoder();
  decoder.getEncodedBuffer(jpeg.length).set(jpeg);
  decoder.decode();
  const { width, height, componentCount } = decoder.getFrameInfo();
  if (componentCount !== 3) throw new Refused('it is not a picture in colour');
  return { width, height, data: new Uint8Array(decoder.getDecodedBuffer()) };
}

async function encode({ width, height, data }) {
  const encoder = new (await codec()).JPEGEncoder();
  encoder.getDecodedBuffer({ width, height, bitsPerSample: 8, componentCount: 3, isSigned: false }).set(data);
  encoder.setQuality(90);
  encoder.encode();
  return new Uint8Array(encoder.getEncodedBuffer());
}

/** Both and the result: rows x columns x RGB, 8 bits. */
function swap(photograph, base) {
  const { width, height, data } = base;
  const high = tall * Math.min(width, height);
  const wide = (high * photograph.width) / photograph.height;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [across, down] = [(x + 0.5 - width / 2) / wide, (y + 0.5 - height / 2) / high]; // -0.5 to 0.5 in the oval
      const share = Math.min(1, (1 - 2 * Math.hypot(across, down)) / (2 * edge));
      if (share <= 0) continue;
      const [column, row] = [
        Math.floor((across + 0.5) * photograph.width),
        Math.floor((down + 0.5) * photograph.height),
      ];
      const from = 3 * (row * photograph.width + column);
      const at = 3 * (y * width + x);
      for (let c = 0; c < 3; c++) data[at + c] += Math.round(share * (photograph.data[from + c] - data[at + c]));
    }
  return base;
}

async function fetched(address) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`the picture is answered ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (bytes.length > largest) throw new Refused('it is too large');
  return bytes;
}

async function work({ source, target, output }) {
  if (target === undefined) throw new Refused('its recipe gives no base picture');
  const [photograph, base] = await Promise.all([source, target].map(async (each) => decode(await fetched(each))));
  const body = await encode(swap(photograph, base));
  const stored = await fetch(output, { method: 'PUT', headers: { 'Content-Type': 'image/jpeg' }, body });
  if (!stored.ok) throw new Error(`the result is answered ${stored.status}`);
}

/** Status and body of an answer. */
async function answerTo(request) {
  if (request.url === '/ping') return [200, {}];
  if (request.method !== 'POST' || request.url !== '/invocations') return [404, { message: 'only /invocations' }];
  try {
    const asked = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString());
    await work(asked);
    return [200, asked];
  } catch (error) {
    return [error instanceof Refused ? 422 : 500, { message: error.message }];
  }
}

const server = createServer(async (request, response) => {
  const [status, body] = await answerTo(request);
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
    .end(text);
});
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '127.0.0.1');
// The first process of a container ends by no signal that it does not take.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
