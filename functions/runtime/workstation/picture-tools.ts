import { join } from 'node:path';
import type { PictureSettings } from '../../api/picture-settings.ts';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { Recipe } from '../../core/pictures/recipe.ts';
import { type FaceDetector, openFaceDetector } from '../../faces/detect-faces.ts';
import type { RunningContainer } from '../../model/container/running-container.ts';
import { requestTransform } from '../../model/container/transform-request.ts';
import type { SignedAccess } from '../../ports/signed-access.ts';
import { packageRoot } from '../../stack/package-root.ts';
import type { PictureTools } from '../../stages/pictures/services.ts';
import { startPictureContainer } from '../picture-container.ts';

/** What a service works on pictures of people with. */
export interface PeopleSetup {
  recipes: readonly Recipe[];
  /** By the name that recipes call it: an address, or a folder with a container.yaml. */
  containers: Readonly<Record<string, string>>;
  /** The recipe of uploads that name none. */
  usualRecipe: string;
}

/** Bytes of what a container stores at most, and for how long it may fetch and store. */
const mostOutputBytes = 50_000_000;
const containerSeconds = 20 * 60;

export interface OpenTools extends AsyncDisposable {
  tools: PictureTools;
  settings: PictureSettings;
}

/** The detector is opened, and each container started, when a picture first needs it. */
export function openPictureTools(
  { recipes, containers, usualRecipe }: PeopleSetup,
  { signed, threads }: { signed: SignedAccess; threads: number },
): OpenTools {
  let faces: Promise<FaceDetector> | undefined;
  const running = new Map<string, Promise<RunningContainer>>();

  const containerNamed = (name: string): Promise<RunningContainer> => {
    const known = running.get(name);
    if (known !== undefined) return known;
    const from = containers[name];
    if (from === undefined) throw new Failure('pictureNotTransformed', { detail: `there is no container ${name}` });
    const started = startPictureContainer(from);
    running.set(name, started);
    started.catch(() => running.delete(name)); // thrown to whoever asked; the next one starts it again
    return started;
  };
  const address = async (ref: ObjectRef) => (await signed.signGet(ref, { expiresSeconds: containerSeconds })).url;

  return {
    settings: { recipes, usualRecipe, containers: Object.keys(containers) },
    tools: {
      recipes: new Map(recipes.map((recipe) => [recipe.name, recipe])),
      async findFaces(picture, threshold) {
        faces ??= openFaceDetector(join(packageRoot, 'models/faces/centerface.onnx'), { threads });
        return (await faces).detect(picture, threshold);
      },
      async runContainer(name, { picture, source, target, output }) {
        const container = await containerNamed(name);
        const put = { mostBytes: mostOutputBytes, expiresSeconds: containerSeconds };
        const request = {
          ...{ uuid: picture.id, bucket: '', source: await address(source) },
          ...(target !== undefined && { target: await address(target) }),
          output: (await signed.signOpenPut(output, put)).url,
        };
        try {
          await requestTransform(container.url, request);
        } catch (error) {
          throw container.explain(error);
        }
      },
    },
    async [Symbol.asyncDispose]() {
      await (await faces)?.[Symbol.asyncDispose]();
      const started = await Promise.allSettled(running.values());
      for (const each of started) if (each.status === 'fulfilled') await each.value[Symbol.asyncDispose]();
    },
  };
}
