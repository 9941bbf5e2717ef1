import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Failure } from '../../core/errors.ts';
import type { JobSettings } from '../../core/job.ts';
import type { PredictMessage } from '../../core/messages.ts';
import { inputRef, resultRef } from '../../core/object-keys.ts';
import { isProjection, usualPlaneMode } from '../../core/plane-mode.ts';
import type { FileSummary } from '../../core/summary.ts';
import type { Image, ImageInfo, Plane } from '../../image/image.ts';
import { projected } from '../../image/projection.ts';
import { openImage } from '../../image/tiff/image.ts';
import { objectSource } from '../../object-streams/object-source.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { openRegions } from '../../regions/open-regions.ts';
import { type ChannelChoice, readChosen } from './channel.ts';
import { checkThreshold } from './check-threshold.ts';
import { foregroundKind, nothingDone, openCheckpoint, type Progress } from './checkpoint.ts';
import { faintNote } from './faint-values.ts';
import { chooseFilled, likelyPositions } from './filled-sample.ts';
import { imageSummary } from './image-summary.ts';
import { copyLabels } from './label-copies.ts';
import { planMeasures } from './measure-channels.ts';
import { asSeen } from './negative.ts';
import { middlePosition, planePositions } from './plane-indices.ts';
import { planeMemory } from './plane-memory.ts';
import { mostTried, polarityNote } from './polarity.ts';
import { chooseScale, type Scale, scaleNote } from './scale.ts';
import { scaleMisfit } from './scale-misfit.ts';
import type { ImageServices } from './services.ts';
import { type Reached, TooManyLabels, writePlanes } from './write-planes.ts';

/**
 * Predicts every plane of one image and writes all its results, the summary last. Undefined: the deadline came first, and
 * what is done by now is kept for the next delivery, which gets at least one step further. Throws AwaitsAnswer where it is
 * kept until a model elsewhere has answered.
 */
export async function predictImage(
  message: PredictMessage,
  settings: JobSettings,
  services: ImageServices,
): Promise<FileSummary | undefined> {
  const { objects, engine, input, deadline } = services;
  checkThreshold(input, settings.threshold);
  await using source = await objectSource(objects, inputRef(message, message.path));
  const sibling = services.sibling && ((name: string) => services.sibling!(message, name));
  const open = services.openImage ?? openHere;
  const name = basename(message.path);
  await using opened = await open(source, {
    shared: true, // for the worker threads, without a copy
    name,
    ...(sibling && { sibling }),
    ...(settings.axes !== undefined && { axes: settings.axes }),
  });
  const mode = settings.planes ?? usualPlaneMode;
  const image = isProjection(mode) && opened.info.depths > 1 ? projected(opened, mode) : opened;
  const { info } = image;
  const regions = sibling && (await openRegions({ name, info: opened.info }, sibling, { open, admit: services.admit }));
  const choice = await chooseFilled(image, {
    input,
    wish: settings.channel,
    positions: likelyPositions([...planePositions(info)]),
    admit: () => services.admit(planeMemory(image, engine, { invert: settings.invert })),
  });
  const measures = planMeasures(info, settings);
  const checkpoint = deadline && (await openCheckpoint(message, settings, services, deadline.attempt));
  const from = (await checkpoint?.load()) ?? nothingDone(await sha256Of(objects, message), 'uint16');
  const { scale, notes: looked } = await lookAt({ image, choice, settings }, services);
  const keepsForeground =
    settings.foreground === true && services.given === undefined && input.foreground !== undefined;
  const work = { message, settings, image, choice, scale, measures, regions, keepsForeground, checkpoint };
  let made: Reached;
  try {
    made = await writePlanes(work, from, services);
  } catch (error) {
    if (!(error instanceof TooManyLabels)) throw error;
    made = await writePlanes(work, nothingDone(from.sha256, 'uint32'), services);
  }
  const { awaits, ...reached } = made;
  const whole = reached.planes === info.positions * info.times * info.depths;
  if (checkpoint !== undefined && (!whole || reached.pieces.length > 0)) await checkpoint.save(reached);
  if (awaits !== undefined) throw awaits;
  if (!whole) return undefined;
  const written = (await checkpoint?.assemble(reached)) ?? reached.outputs;
  const results = written.filter((each): each is FileSummary['outputs'][number] => each.kind !== foregroundKind);
  const outputs = [...results, ...(await copyLabels(message, settings, opened.info.channels, services))];
  const notes = [...looked, ...(regions?.notes ?? []), ...scaleNotes({ scale, info }, reached, services)];
  const found = { opened: opened.info, bytes: source.size, mode, notes, reached, outputs };
  const summary = imageSummary(work, found, services);
  await objects.put(
    resultRef(message, message.path, 'summary.json'),
    Buffer.from(`${JSON.stringify(summary, null, 2)}\n`),
  );
  return summary;
}

/** Objects that are given were not predicted: no scale is wrong for them. */
function scaleNotes(
  { scale, info }: { scale: Scale; info: ImageInfo },
  { middle }: Progress,
  { input, given }: ImageServices,
): string[] {
  const misfit = given === undefined && middle ? scaleMisfit(scale, middle, input.scale, info) : undefined;
  return [scaleNote(scale), misfit].filter((note) => note !== undefined);
}

const openHere: NonNullable<ImageServices['openImage']> = async (source, options) => ({
  ...(await openImage(source, options)),
  [Symbol.asyncDispose]: async () => {},
});

interface Looked {
  image: Image;
  choice: ChannelChoice;
  settings: JobSettings;
}

/** What the middle plane says of the image. It is read once, where anything takes a look at it, and not kept. */
async function lookAt(looked: Looked, services: ImageServices): Promise<{ scale: Scale; notes: string[] }> {
  const { image, choice } = looked;
  let middle: Promise<Plane[]> | undefined;
  const look = () => {
    middle ??= readChosen(image, middlePosition(image.info), choice);
    return middle;
  };
  const scale = await scaleOf(looked, look, services);
  return { scale, notes: await notesOf(looked, look, services) };
}

/** Those of reading the file, and whether the middle plane is too faint for the model, or looks inverted to it. */
async function notesOf(
  { image, settings }: Looked,
  look: () => Promise<Plane[]>,
  { input, engine, given, signal }: ImageServices,
): Promise<string[]> {
  const notes = [...(image.notes ?? [])];
  const { height, width, type } = image.info;
  const isTried = given === undefined && height * width <= mostTried;
  if (input.normalisation === undefined || !(isTried || type.startsWith('float'))) return notes;
  const [plane] = await look();
  const faint = faintNote(plane!, input.normalisation);
  const inverted = isTried ? await polarityNote(plane!, { input, settings, engine, signal }) : undefined;
  return [...notes, ...[faint, inverted].filter((note) => note !== undefined)];
}

/** One scale for all planes of an image, so that those of a stack are alike. */
async function scaleOf(
  { image, settings: { diameter, scale, invert } }: Looked,
  look: () => Promise<Plane[]>,
  { input, engine, signal }: ImageServices,
): Promise<Scale> {
  const { height, width } = image.info;
  if (input.scale !== undefined && diameter !== undefined && diameter > Math.max(height, width))
    throw new Failure('diameterTooLarge', { diameter, height, width });
  const seen = () => look().then((planes) => asSeen(planes, invert));
  const clues = { diameter, factor: scale, pixelSize: image.info.pixelSize, size: image.info, look: seen };
  return chooseScale(input.scale, clues, engine, signal);
}

/** Of the input as it was sent, read as a stream. */
export async function sha256Of(objects: ObjectStore, message: PredictMessage): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await objects.get(inputRef(message, message.path))) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
