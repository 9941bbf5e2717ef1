import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Answer = Record<string, unknown> | { error: string };

export interface AnsweringCognito extends AsyncDisposable {
  /** Of every request in order: operation and body. */
  readonly asked: [operation: string, body: Record<string, unknown>][];
  /** For the client of Cognito or SSM. */
  readonly client: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } };
}

/** A server that answers requests of Cognito's and SSM's protocol as a test says; `error` is the name of an AWS error. */
export async function answeringCognito(
  answer: (operation: string, body: Record<string, unknown>) => Answer,
): Promise<AnsweringCognito> {
  const asked: AnsweringCognito['asked'] = [];
  const server = createServer(async (req, res) => {
    const operation = String(req.headers['x-amz-target']).split('.').at(-1)!;
    const body = JSON.parse(await text(req)) as Record<string, unknown>;
    asked.push([operation, body]);
    const { error, ...rest } = answer(operation, body) as { error?: string };
    res.writeHead(error === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    res.end(JSON.stringify(error === undefined ? rest : { __type: error, message: error }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    asked,
    client: {
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
