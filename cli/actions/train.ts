import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { holdFolder } from '../../functions/runtime/hold-folder.ts';
import { type ReadingThreads, readingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { modelInput } from '../../functions/stages/predict/channel.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { findModel } from '../run/find-model.ts';
import { readBase } from '../train/base-model.ts';
import { besideOutput, earlierTrainings } from '../train/earlier-trainings.ts';
import { judgeTrained } from '../train/judge-trained.ts';
import { readImages, type TrainingImages } from '../train/read-images.ts';
import { readSides } from '../train/read-sides.ts';
import { trainingReport } from '../train/report-page.ts';
import { checkPython } from '../train/run-trainer.ts';
import { trainNetwork } from '../train/train-network.ts';
import { trainPixels } from '../train/train-pixels.ts';
import type { Trained } from '../train/trained.ts';
import { begunCard, type TrainingCard } from '../train/training-card.ts';
import { installPackage } from '../train/write-package.ts';

export interface TrainOptions {
  labels: string;
  output: string;
  from: string;
  pixelClassifier?: true;
  /** File with sides of images by name. */
  sides?: string;
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

/** Returns the failure to end with where the model is not better. */
async function trainHeld(images: string, task: Task, context: CommandContext): Promise<UserError | undefined> {
  const { options, output, work } = task;
  const { cwd, io, signal } = context;
  const base = findModel(options.from, cwd);
  await using reading = readingThreads();
  const { identity: parent, description } = await reading.openModel(base);
  const network = options.pixelClassifier ? undefined : await readBase(base, { model: options.from, description });
  const before = await earlierTrainings({ base, output, work });
  const replay = options.replay === undefined ? undefined : replayFolder(resolve(cwd, options.replay));
  const given = options.sides === undefined ? new Map() : await readSides(resolve(cwd, options.sides));
  const data = await readImages(
    { images, labels: resolve(cwd, options.labels), earlier: before.sides, given },
    { reading, input: modelInput(description), wish: options.channel, folder: work },
    signal,
  );
  const card = begunCard(data, {
    kind: network === undefined ? 'pixel classifier' : 'network',
    ...{ parent: parent.name, parent_sha256: parent.sha256, seed: options.seed },
    ...(network !== undefined && { epochs: options.epochs, replay: replayed(replay) }),
  });
  if (before.offered?.digest === card.digest) {
    io.emit('train.unchanged', { folder: output, before: before.offered.before, after: before.offered.after });
    return undefined;
  }
  if (network !== undefined) await checkPython(options.python, context);
  const { objects, unlabelled } = data;
  const counts = { trained: data.trained.length, aside: data.aside.length, objects, unlabelled };
  io.emit('train.started', { ...counts, base: parent.name, kind: card.kind, ...(replay !== undefined && { replay }) });
  const trained =
    network === undefined
      ? await trainPixels(data, { reading, work, seed: options.seed, signal })
      : await trainNetwork(data, { folder: base, description: network, work }, { ...options, replay }, context);
  card.versions = { ...trained.versions, labdeploy: context.version };
  const offered = before.offered === undefined ? base : output;
  return offer({ trained, card, offered, reading }, data, task, context);
}

const replayed = (replay: string | undefined): string =>
  replay === undefined ? 'synthetic planes' : "the parent's training set and synthetic planes";

/** Throws for a folder that is no training set of the base: it would be found out after the images were read. */
function replayFolder(folder: string): string {
  const list = join(folder, 'images.csv');
  if (!existsSync(list)) throw new UserError('inputMissing', { path: list });
  return folder;
}

interface Candidate {
  trained: Trained;
  card: TrainingCard;
  /** The model to be better than: the one in the output folder, else the base. */
  offered: string;
  reading: ReadingThreads;
}

async function offer(
  { trained, card, offered, reading }: Candidate,
  { aside }: TrainingImages,
  { output, work, options }: Task,
  { io, signal }: CommandContext,
): Promise<UserError | undefined> {
  const name = basename(output);
  const judged = await judgeTrained({ offered, made: await trained.writePackage(name, card) }, aside, {
    ...{ reading, wish: options.channel, signal, heldOut: trained.heldOut },
    scored: (done, total) => io.emit('train.scoring', { done, total }),
  });
  const { better, before, after, own, reasons, worst } = judged.verdict;
  const folder = better ? output : besideOutput(output);
  const scored: TrainingCard = {
    ...card,
    ...{ f1_before: before, f1_after: after },
    ...(own !== undefined && { f1_own_before: own.before, f1_own_after: own.after }),
    verdict: better ? 'better' : 'not better',
  };
  const made = await trained.writePackage(name, scored);
  const report = `${folder}-report.html`;
  await writeFile(report, trainingReport({ ...judged, name, card: scored, losses: trained.losses }));
  await installPackage(made, folder, work);
  if (better) await rm(besideOutput(output), { recursive: true, force: true });
  const images = judged.aside.map((each) => ({ image: each.image, before: each.before.f1, after: each.after.f1 }));
  io.emit('train.judged', { better, folder, report, before, after, ...(own && { own }), images });
  if (better) return undefined;
  const facts = { reasons: reasons.join('; '), worst: worst.slice(0, 3).join(', '), folder };
  return new UserError('notBetter', facts);
}
