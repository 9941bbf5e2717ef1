import { text } from 'node:stream/consumers';
import type { ModelView } from '../contract/service.ts';
import { Failure } from '../core/errors.ts';
import type { JobSettings } from '../core/job.ts';
import { builtImageRef } from '../core/object-keys.ts';
import { type Engine, openEngine } from '../model/engine/engine.ts';
import { remoteEngine } from '../model/engine/remote-engine.ts';
import { type ModelPackage, openModel } from '../model/package/package.ts';
import type { Invoke } from '../ports/endpoint.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { modelInput } from '../stages/predict/channel.ts';
import type { EndpointRequests } from '../stages/predict/endpoint-requests.ts';
import { modelView } from '../stages/predict/model-view.ts';
import type { LoadedModel } from '../stages/predict/services.ts';
import { imageOf } from './inspect-package.ts';
import type { PackageCache } from './package-cache.ts';

/** The models that a service has, each started when a job first asks for it. */
export interface OfferedModels extends AsyncDisposable {
  /** Of those that it was deployed with. */
  views: readonly ModelView[];
  /** Starts the default one, so that no image waits for it. */
  start(): Promise<void>;
  /**
   * The one that a job pinned. Throws `modelMissing` for a model, or a version of its weights, that is not there any more,
   * and `modelBroken` for a package of the registry that is not the pinned one. One whose container is kept elsewhere makes
   * `requests`; without them its network cannot be asked.
   */
  load(settings: Pick<JobSettings, 'model'>, objects: ObjectStore, requests?: EndpointRequests): Promise<LoadedModel>;
  /** Where the package of that model is. Throws as load. */
  pathOf(settings: Pick<JobSettings, 'model'>, objects: ObjectStore): Promise<string>;
}

export interface OfferOptions {
  workers: number;
  /** Default: on this thread. */
  open?(path: string): Promise<ModelPackage>;
  /** Images of models of the registry are run. Default: no. */
  containers?: boolean;
  /** The image that is asked where it is kept, in place of one that is run. */
  endpoint?: string;
  /** Of the registry; absent where there is none. */
  registered?: PackageCache;
}

interface Running {
  opening: Promise<{ model: ModelPackage; engine: Engine; remote: boolean }>;
  /** Images that it works on, or is going to. */
  leases: number;
}

/** Models of the registry that stay in memory without an image to work on: the next one is mostly of the same job. */
const idleKept = 1;

/** Planes of an image that are asked at a time of a model which answers later: it has work, and memory holds few. */
const planesAsked = 8;

/** Until it is known for which image. */
const unasked: Invoke = () => Promise.reject(new Error('the container of this model is not asked here'));

/** What was built of the Dockerfile of a package of the registry; undefined where nothing was. */
const builtImage = async (sha256: string, objects: ObjectStore): Promise<string | undefined> =>
  (await objects.head(builtImageRef(sha256))) === undefined
    ? undefined
    : text(await objects.get(builtImageRef(sha256)));

/** Opens packages by their paths; the first is the default. Throws what a package that cannot be used throws. */
export async function offerModels(
  paths: readonly string[],
  { workers, open = openModel, registered, containers = false, endpoint }: OfferOptions,
): Promise<OfferedModels> {
  const packages = await Promise.all(paths.map((path) => open(path)));
  const engines = new Map<ModelPackage, Promise<Engine>>();
  /** By the sha256 of the package, in order of their last use. */
  const running = new Map<string, Running>();

  const start = (model: ModelPackage): Promise<Engine> => {
    const known = engines.get(model) ?? openEngine(model, { workers });
    engines.set(model, known);
    known.catch(() => engines.delete(model)); // the next job tries again
    return known;
  };
  const find = ({ model: { name, sha256 } }: Pick<JobSettings, 'model'>): number => {
    const index = packages.findIndex(({ identity }) => identity.name === name && identity.sha256 === sha256);
    if (index < 0) throw new Failure('modelMissing', { where: `${name} (${sha256.slice(0, 12)}…)` });
    return index;
  };
  const pathIn = (sha256: string, objects: ObjectStore): Promise<string> => {
    if (registered === undefined) throw new Failure('modelMissing', { where: `${sha256.slice(0, 12)}…` });
    return registered.path(sha256, objects);
  };

  const openRegistered = async (sha256: string, objects: ObjectStore) => {
    const model = await open(await pathIn(sha256, objects));
    const { settings } = model.description;
    const built = settings.container?.build === undefined ? undefined : await builtImage(sha256, objects);
    const image = imageOf(settings, { containers, endpoint, built }); // what was allowed when it was added may no longer be
    const remote = endpoint !== undefined && image !== undefined;
    return { model, engine: await openEngine(model, { workers, ...(remote && { remote: unasked }) }), remote };
  };
  /** Ends those that have nothing to do, but for the last used. */
  const endIdle = async () => {
    const idle = [...running].filter(([, { leases }]) => leases === 0);
    const ended = idle.slice(0, Math.max(0, idle.length - idleKept));
    for (const [sha256] of ended) running.delete(sha256);
    for (const [, { opening }] of ended) await (await opening).engine[Symbol.asyncDispose]();
  };
  const lease = async (sha256: string, objects: ObjectStore, requests?: EndpointRequests): Promise<LoadedModel> => {
    const used = running.get(sha256) ?? { opening: openRegistered(sha256, objects), leases: 0 };
    used.leases++;
    running.delete(sha256);
    running.set(sha256, used);
    try {
      const { model, engine, remote } = await used.opening;
      const release = async () => {
        used.leases--;
        await endIdle();
      };
      const loaded = { engine, input: modelInput(model.description), release };
      if (!remote || requests === undefined) return loaded;
      const { ask } = requests;
      return { ...loaded, engine: remoteEngine(engine, model.description, ask), planesAhead: planesAsked };
    } catch (error) {
      if (running.get(sha256) === used) running.delete(sha256); // the next image tries again
      throw error;
    }
  };

  return {
    views: packages.map(modelView),
    start: async () => void (await start(packages[0]!)),
    async pathOf(settings, objects) {
      const { package: pinned } = settings.model;
      return pinned === undefined ? paths[find(settings)]! : pathIn(pinned, objects);
    },
    async load(settings, objects, requests) {
      const { package: pinned } = settings.model;
      if (pinned !== undefined) return lease(pinned, objects, requests);
      const model = packages[find(settings)]!;
      return { engine: await start(model), input: modelInput(model.description) };
    },
    async [Symbol.asyncDispose]() {
      for (const engine of engines.values()) await (await engine)[Symbol.asyncDispose]();
      for (const { opening } of running.values()) await (await opening).engine[Symbol.asyncDispose]();
    },
  };
}
