import { outcomeOf, handler as predictHandler } from '../../stages/predict/handler.ts';
import { offerModels } from '../offered-models.ts';
import { messageFunction } from './lambda.ts';
import { logger, MetricUnit, metrics } from './log.ts';
import { deadlineOf, functionMemory, packagedModels } from './predict-limits.ts';

const { workers, admit } = functionMemory(process.env);
const offered = offerModels(packagedModels(import.meta.dirname), workers);
/** The default model can be used: it starts while Lambda starts the function. */
export const ready = offered.then(({ load, views: [first] }) => load({ model: first! }));
ready.catch((error: unknown) => logger.error('the model does not start', error as Error)); // and is thrown to who asks for it

export const handler = messageFunction(predictHandler, {
  services: (given, { requestId, remainingMs }) => ({
    ...given,
    model: async (settings) => (await offered).load(settings),
    planesAhead: workers + 1,
    admit,
    deadline: deadlineOf(requestId, remainingMs),
  }),
  measure(result, seconds) {
    const outcome = outcomeOf(result);
    if (outcome === 'not pending') return;
    metrics.addMetric('FileSeconds', MetricUnit.Seconds, seconds);
    if (outcome === 'continues') return;
    metrics.addMetric(outcome === 'done' ? 'FilesDone' : 'FilesFailed', MetricUnit.Count, 1);
  },
});
