import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { npyHeader, readNpy } from '../../functions/model/package/npy.ts';
import { bytesOf } from './bytes.ts';

export interface ModelContainer extends AsyncDisposable {
  url: string;
  /** Shapes of what came, in order. */
  asked: number[][];
  /** What was said of each, in order. */
  told: unknown[];
  /** Answers of the next requests instead of the model's. */
  instead: { status: number; text: string }[];
}

/** What a container of docs/containers.md answers: `model` gets the samples and gives the answer's shape and samples. */
export async function modelContainer(
  model: (shape: number[], data: ArrayLike<number>) => { shape: number[]; data: Float32Array },
): Promise<ModelContainer> {
  const asked: number[][] = [];
  const told: unknown[] = [];
  const instead: ModelContainer['instead'] = [];
  const answer = async (req: IncomingMessage): Promise<{ status: number; body: Uint8Array | string }> => {
    if (req.method === 'GET' && req.url === '/ping') return { status: 200, body: '' };
    const body = await Uint8Array.from(await bytesOf(req));
    const given = instead.shift();
    if (given !== undefined) return { status: given.status, body: given.text };
    const { shape, data } = readNpy(body, 'the request');
    asked.push(shape);
    told.push(JSON.parse(String(req.headers['labdeploy-plane'] ?? 'null')));
    const made = model(shape, data);
    return { status: 200, body: Buffer.concat([npyHeader(made.shape), new Uint8Array(made.data.buffer)]) };
  };
  const server = createServer((req, res) => {
    void answer(req).then(({ status, body }) => res.writeHead(status).end(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ asked, told, instead },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
