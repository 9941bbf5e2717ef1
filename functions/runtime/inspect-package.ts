import { Failure, isOutcome } from '../core/errors.ts';
import { checkModel } from '../model/check.ts';
import { openModel } from '../model/package/package.ts';
import { packageCard } from '../model/package/package-card.ts';
import { modelInput } from '../stages/predict/channel.ts';
import type { InspectedPackage, Inspection } from '../stages/predict/check-version.ts';

/** Opens the package of a stranger, runs its own test input, and compares. It takes the memory and time of the model. */
export async function inspectPackage(path: string): Promise<Inspection> {
  try {
    return await inspect(path);
  } catch (error) {
    if (!(error instanceof Failure && isOutcome(error))) throw error;
    return { refused: { code: error.code, message: error.message } };
  }
}

async function inspect(path: string): Promise<InspectedPackage> {
  const model = await openModel(path);
  if (model.description.settings.container !== undefined)
    throw new Failure('modelUnsupported', {
      detail: 'config.labdeploy.container: a service runs no containers; labdeploy run and local --model do',
    });
  const maps = await checkModel(model);
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
