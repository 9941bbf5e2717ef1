import { AwaitsAnswer } from '../../core/awaits-answer.ts';
import type { Plane } from '../../image/image.ts';
import type { Invoke } from '../../ports/endpoint.ts';
import type { BegunMaps, Maps, PlaneFacts, Predictor, Segmenter } from '../../ports/predictor.ts';
import type { ModelDescription } from '../package/description.ts';
import { mapNames } from '../package/maps.ts';
import { tileRules } from '../package/package.ts';
import { npySession } from './npy-session.ts';
import { sharePlane } from './pixels.ts';
import { planeSize, refuseLine } from './plane-size.ts';
import { allocateMaps, finishPlane, mapSize, type PlaneTask, predictTile, preparePlane } from './predict-plane.ts';
import { planTiles } from './tiles.ts';

/**
 * The engine of a model whose network is asked by `invoke`, on this thread: nothing here is heavy but the copy of a plane.
 * Where an answer is awaited all tiles of the plane are sent before AwaitsAnswer is thrown. Objects are found by `local`.
 */
export function remoteEngine(
  local: Predictor & Segmenter,
  description: ModelDescription,
  invoke: Invoke,
): Predictor & Segmenter {
  const rules = tileRules(description);
  const names = mapNames(description);

  const predict = async (planes: readonly Plane[], signal?: AbortSignal, facts?: PlaneFacts): Promise<Maps> => {
    const { height, width } = planeSize(planes, description);
    const plan = planTiles(height, width, rules);
    refuseLine(height, width, plan);
    const task: PlaneTask = {
      planes: planes.map(sharePlane),
      maps: allocateMaps(description, height, width),
      plan: { height: plan.height, width: plan.width },
      facts,
    };
    const prepared = preparePlane(task, description);
    const session = { ...npySession(description, invoke), release: async () => {} };
    let awaited: AwaitsAnswer | undefined;
    for (const y of plan.y.spans)
      for (const x of plan.x.spans) {
        signal?.throwIfAborted();
        await predictTile(task, prepared, { y, x }, description, session).catch((error: unknown) => {
          if (!(error instanceof AwaitsAnswer)) throw error;
          awaited ??= error;
        });
      }
    if (awaited !== undefined) throw awaited;
    finishPlane(task, description);
    return { ...mapSize(description, height, width), names, data: task.maps };
  };

  return {
    ...local,
    predict,
    /** All rows at once: what there is to wait for is not waited for here. */
    async predictRows(planes, { facts }, signal): Promise<BegunMaps> {
      const maps = await predict(planes, signal, facts);
      return { maps, rows: planes[0]!.height };
    },
  };
}
