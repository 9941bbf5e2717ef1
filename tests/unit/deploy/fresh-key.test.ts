import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { untilKnown } from '../../../cli/deploy/iam/fresh-key.ts';

let server: Server;
let refusals: number;
let asked: number;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const refused = ++asked <= refusals;
    response.writeHead(refused ? 403 : 200, { 'content-type': 'text/xml' });
    response.end(
      refused
        ? '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>unknown</Message></Error></ErrorResponse>'
        : '<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const known = (signal: AbortSignal) => {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { region: 'eu-central-1', maxAttempts: 1, forcePathStyle: true, endpoint };
  const account = { id: '123456789012', arn: '', region: 'eu-central-1', partition: 'aws', client };
  return untilKnown({ id: 'AKIANEW', secret: 'secret' }, account, signal);
};

it('a key that AWS takes only after a while is waited for', async () => {
  [refusals, asked] = [1, 0];
  expect(await known(new AbortController().signal)).toBe(true);
  expect(asked).toBe(2);
});

it('a Ctrl-C ends the waiting without an error: the secret is still to be shown', async () => {
  [refusals, asked] = [Number.POSITIVE_INFINITY, 0];
  const interruption = new AbortController();
  const waiting = known(interruption.signal);
  interruption.abort();
  expect(await waiting).toBe(false);
});
