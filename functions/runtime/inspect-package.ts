import { Failure, isOutcome } from '../core/errors.ts';
import { checkModel } from '../model/check.ts';
import { type ModelPackage, openModel } from '../model/package/package.ts';
import { packageCard } from '../model/package/package-card.ts';
import type { Invoke } from '../ports/endpoint.ts';
import { modelInput } from '../stages/predict/channel.ts';
import type { InspectedPackage, Inspection } from '../stages/predict/check-version.ts';

/** What of a package is run. */
export interface InspectOptions {
  /** Also the image of a container, where the package names one by its digest. */
  containers?: boolean;
  /** Also this image, which is asked where it is kept. */
  endpoint?: { image: string; ask: Invoke };
  /** Images of Dockerfiles are built; `built` is the one of this package, where that is over. Else such packages are refused. */
  builds?: true;
  built?: string | undefined;
}

/** Opens the package of a stranger, runs its own test input, and compares. It takes the memory and time of the model. */
export async function inspectPackage(path: string, options: InspectOptions = {}): Promise<Inspection> {
  try {
    return await inspect(path, options);
  } catch (error) {
    if (!(error instanceof Failure && isOutcome(error))) throw error;
    return { refused: { code: error.code, message: error.message } };
  }
}

async function inspect(
  path: string,
  { containers = false, endpoint, builds, built }: InspectOptions,
): Promise<InspectedPackage | { dockerfile: string }> {
  const model = await openModel(path);
  const { settings } = model.description;
  const dockerfile = settings.container?.build;
  if (builds === true && dockerfile !== undefined && built === undefined) return { dockerfile };
  const container = imageOf(settings, { containers, endpoint: endpoint?.image, built });
  const maps = await checkModel(model, container === undefined ? undefined : endpoint?.ask);
  const wrong = maps.find(({ maxDifference, tolerance }) => !(maxDifference <= tolerance));
  if (wrong !== undefined)
    throw new Failure('modelDiffers', {
      output: wrong.output,
      difference: String(wrong.maxDifference),
      tolerance: String(wrong.tolerance),
    });
  const { licence, authors, documentation, cover } = await packageCard(path);
  const { identity, description } = model;
  const { channelCount, channel, rgb } = modelInput(description);
  return {
    facts: {
      name: identity.name,
      version: identity.version,
      weights: identity.sha256,
      definition: identity.definition,
      description: description.about,
      inputChannels: channelCount,
      ...(container !== undefined && { container }),
      ...(channel !== undefined && { defaultChannel: channel }),
      greyFromRgb: rgb === 'grey',
      ...(licence !== undefined && { licence }),
      authors,
      ...(documentation !== undefined && { card: Buffer.byteLength(documentation) }),
      ...(cover !== undefined && { cover: { type: cover.type, bytes: cover.bytes.length } }),
      maps,
    },
    ...(documentation !== undefined && { card: documentation }),
    ...(cover !== undefined && { cover: cover.bytes }),
  };
}

interface AllowedImages {
  containers: boolean;
  endpoint?: string | undefined;
  /** What was built of the package's Dockerfile. */
  built?: string | undefined;
}

const byDigest = /@sha256:[0-9a-f]{64}$/;

/**
 * The image that runs a model of the registry; undefined for ONNX weights. Versions never change: an image has to be named
 * by its digest. Throws `modelUnsupported`, also where containers are not allowed, or `endpoint` is another image.
 */
export function imageOf(
  { container }: ModelPackage['description']['settings'],
  { containers, endpoint, built }: AllowedImages,
): string | undefined {
  if (container === undefined) return undefined;
  const refuse = (detail: string) => {
    throw new Failure('modelUnsupported', { detail: `config.labdeploy.container: ${detail}` });
  };
  const { image = container.build === undefined ? undefined : built } = container;
  if (!containers && endpoint === undefined)
    return refuse(
      built === undefined
        ? 'this service runs no containers; labdeploy local --containers does, and labdeploy run --model'
        : `${built} was built, and this service has nothing that runs it: labdeploy up --config endpoint=sagemaker --config endpointImage=${built}`,
    );
  if (image === undefined) return refuse('of a package that is added to a service only an image is run, not a program');
  if (!byDigest.test(image)) return refuse(`${image} may change: name it by its digest, NAME@sha256:...`);
  if (endpoint !== undefined && image !== endpoint)
    return refuse(
      `the endpoint of this service runs ${endpoint}, not ${image}: labdeploy up --config endpointImage=IMAGE`,
    );
  return image;
}
