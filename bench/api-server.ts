import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { localIdempotencyStore } from '../functions/adapters/local/idempotency-store.ts';
import { localJobStore } from '../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../functions/adapters/local/local-database.ts';
import { objectServer } from '../functions/adapters/local/object-server.ts';
import { openLocalObjectStore } from '../functions/adapters/local/object-store.ts';
import { localQueue } from '../functions/adapters/local/queue.ts';
import { localSignedAccess } from '../functions/adapters/local/signed-access.ts';
import { localUsage } from '../functions/adapters/local/usage.ts';
import { createApi } from '../functions/api/app.ts';
import { jobView } from '../functions/api/views.ts';
import { defaultPlans } from '../functions/core/plans.ts';
import { httpServer } from '../functions/http/server.ts';
import { systemClock as clock } from '../functions/ports/clock.ts';
import type { SignedRequest } from '../functions/ports/signed-access.ts';
import { notifyInputs } from '../functions/runtime/notify-inputs.ts';
import { attempts } from '../functions/stages/stages.ts';

/*
 * A service for rows/api.ts, in a process of its own: `node bench/api-server.ts FOLDER [PUTS BYTES]`. Prints one line of
 * JSON when it listens: the paths of one job, over the API and over a bare route with the same answer, and signed PUTs.
 */
export interface BenchServer {
  port: number;
  api: string;
  bare: string;
  puts: SignedRequest[];
}

const [folder = '', puts = '0', bytes = '0'] = process.argv.slice(2);
const sha256 = 'ab'.repeat(32);
const ref = { owner: 'olga', id: 'bench-job' };

const database = openLocalDatabase(join(folder, 'labdeploy.sqlite'));
const store = await openLocalObjectStore({ root: join(folder, 'store'), durable: true });
const queue = localQueue(database, clock, attempts);
const jobs = localJobStore(database, clock);
const objects = notifyInputs(store, queue);
const secret = Buffer.alloc(32, 1);

const app = express();
const server = httpServer(app).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const { port } = server.address() as AddressInfo;
const signed = localSignedAccess({ objects, secret, base: `http://127.0.0.1:${port}/objects`, clock });

const { job } = await jobs.create({ ...ref, name: 'plate', settings: { model: { name: 'nuclei', sha256 } } });
const view = jobView(job);
app.get('/bare/v1/jobs/:id', (_, res) => {
  res.json(view);
});
const newId = () => crypto.randomUUID();
const fail = ({ error }: { error: unknown }) => {
  throw error;
};
app.use('/objects', objectServer({ objects, secret, clock, origins: [], newId, onTrouble: fail }));
const rate = { perSecond: 1e9, burst: 1e9 };
app.use(
  createApi({
    ports: { objects, queue, jobs, clock },
    signed,
    usage: localUsage(database),
    answers: localIdempotencyStore(database, clock),
    identity: { verify: async () => ({ sub: 'olga', groups: [], admin: false }) },
    plans: { standard: { ...defaultPlans.standard, rate } },
    shipped: [],
    config: { version: '0', signIn: 'link', signUp: 'closed', issuer: '', clientId: '', scopes: [] },
    origins: [],
    newId,
  }),
);
const requests: SignedRequest[] = [];
for (let i = 0; i < Number(puts); i++) {
  const input = { bucket: 'inputs', key: `olga/bench-job/${i}.tif` } as const;
  requests.push(await signed.signPut(input, { bytes: Number(bytes), expiresSeconds: 3600 }));
}
const line: BenchServer = { port, api: '/v1/jobs/bench-job', bare: '/bare/v1/jobs/bench-job', puts: requests };
process.stdout.write(`${JSON.stringify(line)}\n`);
