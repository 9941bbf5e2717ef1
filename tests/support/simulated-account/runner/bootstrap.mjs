// Lambda's Node runtime, in a process of its own: loads the handler, then answers one event after the other.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

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

process.on('message', async ({ event, context, deadline }) => {
  const answer = (result) => process.send({ ...result, maxRssMb: process.resourceUsage().maxRSS / 1024 });
  try {
    if (initFailure) throw initFailure;
    const result = await handler(event, { ...context, getRemainingTimeInMillis: () => deadline - Date.now() });
    answer({ payload: result ?? null });
  } catch (error) {
    console.error(error);
    answer({ error: failure(error) });
  }
});
process.send({ ready: true });
