import { Failure } from '../core/errors.ts';
import type { ObjectRef } from '../core/object-keys.ts';
import type { PictureSetup } from '../core/pictures/picture-setup.ts';
import { type FaceDetector, openFaceDetector } from '../faces/detect-faces.ts';
import type { RunningContainer } from '../model/container/running-container.ts';
import { requestTransform } from '../model/container/transform-request.ts';
import type { SignedAccess } from '../ports/signed-access.ts';
import type { PictureTools } from '../stages/pictures/services.ts';

/** Bytes of what a container stores at most, and for how long it may fetch and store. */
const mostOutputBytes = 50_000_000;
const accessSeconds = 20 * 60;

export interface ToolOptions {
  signed: Pick<SignedAccess, 'signGet' | 'signOpenPut'>;
  /** Of the detector. */
  threads: number;
  /** Path of the detector's network. */
  weights: string;
  /** A container that answers, by what the setup says of it. */
  reach(from: string): Promise<RunningContainer>;
  /** A container's time for a picture. Default: that of model/container. */
  containerSeconds?: number;
}

export interface OpenTools extends AsyncDisposable {
  tools: PictureTools;
}

/** The detector is opened, and each container reached, when a picture first needs it. */
export function openPictureTools(
  { recipes, containers }: Pick<PictureSetup, 'recipes' | 'containers'>,
  { signed, threads, weights, reach, containerSeconds }: ToolOptions,
): OpenTools {
  let faces: Promise<FaceDetector> | undefined;
  const running = new Map<string, Promise<RunningContainer>>();

  const containerNamed = (name: string): Promise<RunningContainer> => {
    const known = running.get(name);
    if (known !== undefined) return known;
    const from = containers[name];
    if (from === undefined) throw new Failure('pictureNotTransformed', { detail: `there is no container ${name}` });
    const started = reach(from);
    running.set(name, started);
    started.catch(() => running.delete(name)); // thrown to whoever asked; the next one starts it again
    return started;
  };
  const address = async (ref: ObjectRef) => (await signed.signGet(ref, { expiresSeconds: accessSeconds })).url;

  return {
    tools: {
      recipes: new Map(recipes.map((recipe) => [recipe.name, recipe])),
      async findFaces(picture, threshold) {
        faces ??= openFaceDetector(weights, { threads });
        return (await faces).detect(picture, threshold);
      },
      async runContainer(name, { picture, source, target, output }) {
        const container = await containerNamed(name);
        const put = { mostBytes: mostOutputBytes, expiresSeconds: accessSeconds };
        const request = {
          ...{ uuid: picture.id, bucket: '', source: await address(source) },
          ...(target !== undefined && { target: await address(target) }),
          output: (await signed.signOpenPut(output, put)).url,
        };
        try {
          const { url } = container;
          await requestTransform(url, request, containerSeconds === undefined ? {} : { seconds: containerSeconds });
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
