import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { holdFolder } from '../../functions/runtime/hold-folder.ts';
import { type ReadingThreads, readingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { modelInput } from '../../functions/stages/predict/channel.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { findModel } from '../run/find-model.ts';
import { readBase, readCard, type TrainablePackage } from '../train/base-model.ts';
import { judgeTrained } from '../train/judge-trained.ts';
import { writePlan } from '../train/plan.ts';
import { readImages, type TrainingImages } from '../train/read-images.ts';
import { trainingReport } from '../train/report-page.ts';
import { checkPython, runTrainer } from '../train/run-trainer.ts';
import { installPackage, makePackage, previousPackage, type TrainingCard } from '../train/write-package.ts';

export interface TrainOptions {
  labels: string;
  output: string;
  from: string;
  channel?: string;
  epochs: number;
  seed: number;
  replay?: string;
  python: string;
}

/** Trains, scores before and after, and writes the package: to the output folder where it is better, else beside it. */
export async function trainAction(folder: string, options: TrainOptions, context: CommandContext): Promise<void> {
  const output = resolve(context.cwd, options.output);
  const work = `${output}.training`;
  const unlock = await heldWork(work, output);
  let notBetter: UserError | undefined;
  try {
    notBetter = await trainHeld(resolve(context.cwd, folder), { options, output, work }, context);
  } catch (error) {
    if (!isBegun(work)) await rm(work, { recursive: true });
    throw error;
  } finally {
    unlock();
  }
  await rm(work, { recursive: true });
  if (notBetter !== undefined) throw notBetter;
}

/** There is something to go on from. */
const isBegun = (work: string): boolean => existsSync(join(work, 'checkpoint.pt'));

async function heldWork(work: string, output: string): Promise<() => void> {
  try {
    const unlock = await holdFolder(work);
    if (unlock === undefined) throw new UserError('outputLocked', { folder: output });
    return unlock;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('outputUnwritable', { folder: output, detail: (error as Error).message }, { cause: error });
  }
}

interface Task {
  options: TrainOptions;
  output: string;
  /** Planes, checkpoint and what is being made. */
  work: string;
}

const besideOutput = (output: string): string => `${output}-not-better`;

/** Returns the failure to end with where the model is not better. */
async function trainHeld(
  images: string,
  { options, output, work }: Task,
  context: CommandContext,
): Promise<UserError | undefined> {
  const { cwd, io, env, signal } = context;
  const base = findModel(options.from, cwd);
  await using reading = readingThreads();
  const { identity, description: opened } = await reading.openModel(base);
  const description = await readBase(base, { model: options.from, description: opened });
  const before = await earlierTrainings({ base, output, work });
  const replay = options.replay === undefined ? undefined : replayFolder(resolve(cwd, options.replay));
  const data = await readImages(
    { images, labels: resolve(cwd, options.labels), earlier: before.sides },
    { reading, input: modelInput(opened), wish: options.channel, folder: work },
    signal,
  );
  const card = begunCard(data, { options, parent: identity, replay });
  if (before.offered?.digest === card.digest) {
    io.emit('train.unchanged', { folder: output, before: before.offered.before, after: before.offered.after });
    return undefined;
  }
  await checkPython(options.python, { env, signal });
  const { objects, unlabelled } = data;
  const counts = { trained: data.trained.length, aside: data.aside.length, objects, unlabelled };
  io.emit('train.started', { ...counts, base: identity.name, ...(replay !== undefined && { replay }) });
  await writePlan(work, data.trained, {
    base: join(base, description.weights.onnx.source),
    seed: options.seed,
    epochs: options.epochs,
    replay: replay ?? null,
  });
  const { versions, losses } = await runTrainer(options.python, work, { io, env, signal });
  card.versions = { ...versions, labdeploy: context.version };
  const offered = before.offered === undefined ? base : output;
  return offer({ base, offered, description, card, losses }, data, { reading, output, work, options }, context);
}

/** Throws for a folder that is no training set of the base: it would be found out after the images were read. */
function replayFolder(folder: string): string {
  if (!existsSync(join(folder, 'images.csv')))
    throw new UserError('inputMissing', { path: join(folder, 'images.csv') });
  return folder;
}

/**
 * Sides that were decided, and the package in the output folder. Throws `outputTaken` where that folder holds anything but
 * a package of this command.
 */
async function earlierTrainings({ base, output, work }: { base: string; output: string; work: string }) {
  const beside = besideOutput(output);
  const offered = await readCard(output);
  if (offered === undefined && existsSync(output))
    throw new UserError('outputTaken', { folder: output, holds: 'it is no model that labdeploy train wrote' });
  const others = [base, beside, previousPackage(beside, work), previousPackage(output, work)];
  const cards = await Promise.all(others.map(readCard));
  const sides = Object.assign({}, ...cards.map((card) => card?.sides), offered?.sides) as TrainingCard['sides'];
  return { sides, offered };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Ancestry {
  options: TrainOptions;
  parent: { name: string; sha256: string };
  replay: string | undefined;
}

/** The card without scores. */
function begunCard({ all, objects, sides }: TrainingImages, { options, parent, replay }: Ancestry): TrainingCard {
  const pixels = all.map(({ hash, labelHash }) => `${hash} ${labelHash}`).sort();
  const settings = {
    parent: parent.name,
    parent_sha256: parent.sha256,
    data_sha256: sha256(pixels.join('\n')),
    seed: options.seed,
    epochs: options.epochs,
    replay: replay === undefined ? 'synthetic planes' : "the parent's training set and synthetic planes",
  };
  return {
    ...settings,
    digest: sha256(JSON.stringify(settings)),
    images: all.length,
    objects,
    sides,
    f1_before: 0,
    f1_after: 0,
    f1_own_before: 0,
    f1_own_after: 0,
    verdict: 'not better',
    versions: {},
  };
}

interface Trained {
  base: string;
  /** The model to be better than: the one in the output folder, else the base. */
  offered: string;
  description: TrainablePackage;
  card: TrainingCard;
  losses: readonly number[];
}

async function offer(
  { base, offered, description, card, losses }: Trained,
  { aside }: TrainingImages,
  { reading, output, work, options }: Task & { reading: ReadingThreads },
  { io, signal }: CommandContext,
): Promise<UserError | undefined> {
  const name = basename(output);
  const made = await makePackage(description, work, { name, card });
  const judged = await judgeTrained({ base, offered, made }, aside, {
    ...{ reading, wish: options.channel, signal, heldOut: join(work, 'held-out') },
    scored: (done, total) => io.emit('train.scoring', { done, total }),
  });
  const { verdict } = judged;
  card.f1_before = verdict.before;
  card.f1_after = verdict.after;
  card.f1_own_before = verdict.ownBefore;
  card.f1_own_after = verdict.ownAfter;
  card.verdict = verdict.better ? 'better' : 'not better';
  const folder = verdict.better ? output : besideOutput(output);
  await makePackage(description, work, { name, card });
  const report = `${folder}-report.html`;
  await writeFile(report, trainingReport({ ...judged, name, card, losses }));
  await installPackage(made, folder, work);
  if (verdict.better) await rm(besideOutput(output), { recursive: true, force: true });
  const { before, after, ownBefore, ownAfter } = verdict;
  const images = judged.aside.map((each) => ({ image: each.image, before: each.before.f1, after: each.after.f1 }));
  io.emit('train.judged', { better: verdict.better, folder, report, before, after, ownBefore, ownAfter, images });
  if (verdict.better) return undefined;
  return new UserError('notBetter', {
    reasons: verdict.reasons.join('; '),
    worst: verdict.worst.slice(0, 3).join(', '),
    folder,
  });
}
