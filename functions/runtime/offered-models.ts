import type { ModelView } from '../contract/service.ts';
import { Failure } from '../core/errors.ts';
import type { JobSettings } from '../core/job.ts';
import { type Engine, openEngine } from '../model/engine/engine.ts';
import { type ModelPackage, openModel } from '../model/package/package.ts';
import { modelInput } from '../stages/predict/channel.ts';
import { modelView } from '../stages/predict/model-view.ts';
import type { LoadedModel } from '../stages/predict/services.ts';

/** The models that a service offers, each started when a job first asks for it. */
export interface OfferedModels extends AsyncDisposable {
  views: readonly ModelView[];
  /** Throws `modelMissing` for a model, or a version of its weights, that is not offered any more. */
  load(settings: JobSettings): Promise<LoadedModel>;
  /** Where the package of that model is. Throws `modelMissing`. */
  pathOf(settings: JobSettings): string;
}

/** Opens packages (with `open`) by their paths; the first is the default. Throws what a package that cannot be used throws. */
export async function offerModels(
  paths: readonly string[],
  workers: number,
  open: (path: string) => Promise<ModelPackage> = openModel,
): Promise<OfferedModels> {
  const packages = await Promise.all(paths.map((path) => open(path)));
  const engines = new Map<ModelPackage, Promise<Engine>>();
  const start = (model: ModelPackage): Promise<Engine> => {
    const running = engines.get(model) ?? openEngine(model, { workers });
    engines.set(model, running);
    running.catch(() => engines.delete(model)); // the next job tries again
    return running;
  };
  const find = ({ model: { name, sha256 } }: JobSettings): number => {
    const index = packages.findIndex(({ identity }) => identity.name === name && identity.sha256 === sha256);
    if (index < 0) throw new Failure('modelMissing', { where: `${name} (${sha256.slice(0, 12)}…)` });
    return index;
  };
  return {
    views: packages.map(modelView),
    pathOf: (settings) => paths[find(settings)]!,
    async load(settings) {
      const model = packages[find(settings)]!;
      return { engine: await start(model), input: modelInput(model.description) };
    },
    async [Symbol.asyncDispose]() {
      for (const engine of engines.values()) await (await engine)[Symbol.asyncDispose]();
    },
  };
}
