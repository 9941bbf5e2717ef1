// Lambda's Node runtime, in a process of its own: loads the handler, then answers one event after the other.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the hosts of AWS are in the simulated account, for what has no SDK: the issuer's keys. */
const places = JSON.parse(process.env.RUNNER_PLACES);
delete process.env.RUNNER_PLACES;
const realFetch = globalThis.fetch;
globalThis.fetch = (where, init) => {
  const place = places.find(([host]) => String(where).startsWith(`${host}/`));
  return realFetch(place === undefined ? where : String(where).replace(...place), init);
};

/** ms by which the account's clocks are ahead of this machine's, as the last call says. */
let later = 0;
/** The time at which the clock stands during a call, in ms since 1970; undefined: it goes. */
let stoppedAt;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(Date.now());
    else super(...given);
  }
  static now() {
    return stoppedAt ?? RealDate.now() + later;
  }
};

const [file, name] = process.env._HANDLER.split('.');
const failure = (error) => ({ errorType: error?.name ?? 'Error', errorMessage: error?.message ?? String(error) });

let handler;
let initFailure;
for (const suffix of ['.mjs', '.js', '.cjs']) {
  try {
    const module = await import(pathToFileURL(join(process.env.LAMBDA_TASK_ROOT, file + suffix)));
    handler = module[name] ?? module.default?.[name];
    initFailure = undefined;
    break;
  } catch (error) {
    initFailure ??= error;
    if (error.code !== 'ERR_MODULE_NOT_FOUND') {
      initFailure = error;
      break;
    }
  }
}
if (initFailure) console.error(initFailure);

process.on('message', async ({ event, context, remainingMs, ahead, clock }) => {
  later = ahead;
  stoppedAt = clock;
  const deadline = performance.now() + remainingMs;
  const answer = (result) => process.send({ ...result, maxRssMb: process.resourceUsage().maxRSS / 1024 });
  try {
    if (initFailure) throw initFailure;
    const result = await handler(event, { ...context, getRemainingTimeInMillis: () => deadline - performance.now() });
    answer({ payload: result ?? null });
  } catch (error) {
    console.error(error);
    answer({ error: failure(error) });
  }
});
process.send({ ready: true });
