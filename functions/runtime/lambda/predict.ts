import { predictHandler } from '../../stages/predict/handler.ts';
import { offerModels } from '../offered-models.ts';
import { lambda } from './lambda.ts';
import { logger, MetricUnit, metrics } from './log.ts';
import { deadlineOf, functionMemory, packagedModels } from './predict-limits.ts';

const { workers, admit } = functionMemory(process.env);
const offered = offerModels(packagedModels(import.meta.dirname), workers);
/** The default model can be used: it starts while Lambda starts the function. */
export const ready = offered.then(({ load, views: [first] }) => load({ model: first! }));
ready.catch((error: unknown) => logger.error('the model does not start', error as Error)); // and is thrown to who asks for it

export const handler = lambda(predictHandler.stage, async ({ message, ports, requestId, remainingMs }) => {
  const started = performance.now();
  const result = await predictHandler.handle(message, {
    ...ports,
    model: async (settings) => (await offered).load(settings),
    planesAhead: workers + 1,
    admit,
    deadline: deadlineOf(requestId, remainingMs),
  });
  const outcome = typeof result === 'string' ? result : 'failed' in result ? result.failed.code : 'done';
  logger.info('predicted', { outcome });
  if (outcome === 'not pending') return;
  metrics.addMetric('FileSeconds', MetricUnit.Seconds, (performance.now() - started) / 1000);
  if (outcome !== 'continues') metrics.addMetric(outcome === 'done' ? 'FilesDone' : 'FilesFailed', MetricUnit.Count, 1);
});
