import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentPackageRef } from '../../core/object-keys.ts';
import { buildsVariable } from '../../stack/resource-variables.ts';
import type { PackageInspection } from '../../stages/predict/check-version.ts';
import { endpointRequests } from '../../stages/predict/endpoint-requests.ts';
import { outcomeOf, handler as predictHandler } from '../../stages/predict/handler.ts';
import { type InspectOptions, inspectPackage } from '../inspect-package.ts';
import { offerModels } from '../offered-models.ts';
import { packageCache } from '../package-cache.ts';
import { receivePackage } from '../received-package.ts';
import { messageFunction } from './lambda.ts';
import { logger, MetricUnit, metrics } from './log.ts';
import { openEndpoint } from './open-endpoint.ts';
import { openFleet } from './open-fleet.ts';
import { openPorts } from './ports.ts';
import { cachedBytes, deadlineOf, functionMemory, packagedModels } from './predict-limits.ts';

const open = openPorts(predictHandler.stage);
const fleet = await openFleet(open, process.env);
const endpoint = await openEndpoint(open, process.env);
const { workers, admit } = functionMemory(process.env, undefined, fleet?.planeMb);
const registered = packageCache({ folder: join(tmpdir(), 'models'), mostBytes: cachedBytes });
const offered = offerModels(packagedModels(import.meta.dirname), {
  ...{ workers, registered },
  ...(endpoint !== undefined && { endpoint: endpoint.image }),
});
/** The default model can be used: it starts while Lambda starts the function. */
export const ready = offered.then(({ start }) => start());
ready.catch((error: unknown) => logger.error('the model does not start', error as Error)); // and is thrown to who asks for it

/** How a package is checked whose container is kept elsewhere, or whose image is built. */
const elsewhere = ({ requests, built }: PackageInspection): InspectOptions => ({
  ...(endpoint !== undefined && requests !== undefined && { endpoint: { image: endpoint.image, ask: requests.ask } }),
  ...(process.env[buildsVariable] !== undefined && { builds: true }),
  built,
});

export const handler = messageFunction(predictHandler, {
  open,
  services: (given, { requestId, remainingMs }) => ({
    ...given,
    ...(fleet !== undefined && { fleet }),
    model: async (settings, requests) => (await offered).load(settings, given.objects, requests),
    ...(endpoint !== undefined && {
      requests: (image) => endpointRequests(image, { objects: given.objects, endpoint, clock: given.clock }),
    }),
    packages: {
      receive: (id, objects) => receivePackage(sentPackageRef(id), objects, join(tmpdir(), 'models')),
      inspect: (path, options) => inspectPackage(path, elsewhere(options)), // Lambda ends the function where that takes too much: the next delivery counts it
    },
    planesAhead: workers + 1,
    admit,
    deadline: deadlineOf(requestId, remainingMs),
  }),
  measure(result, seconds) {
    if (typeof result === 'object' && ('checked' in result || 'relabelled' in result)) return;
    const outcome = outcomeOf(result);
    if (outcome === 'not pending') return;
    metrics.addMetric('FileSeconds', MetricUnit.Seconds, seconds);
    if (outcome === 'continues' || outcome === 'moved' || outcome === 'awaits') return;
    metrics.addMetric(outcome === 'done' ? 'FilesDone' : 'FilesFailed', MetricUnit.Count, 1);
  },
});
