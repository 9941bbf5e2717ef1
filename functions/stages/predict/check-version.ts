import type { Readable } from 'node:stream';
import { AwaitsAnswer } from '../../core/awaits-answer.ts';
import { Failure } from '../../core/errors.ts';
import type { StoredFailure } from '../../core/job.ts';
import type { PredictMessage } from '../../core/messages.ts';
import type { ModelFacts } from '../../core/model-version.ts';
import {
  builtImageRef,
  cardRef,
  coverRef,
  packageRef,
  sentPackageRef,
  sourceRef,
  splitKey,
} from '../../core/object-keys.ts';
import type { Models } from '../../ports/models.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Queue } from '../../ports/queue.ts';
import { awaitAnswer, stillAwaits } from './await-answer.ts';
import type { EndpointRequests } from './endpoint-requests.ts';
import { removeCheckpoint } from './remove-checkpoint.ts';

/** What a package is, why no model can be made of it, or the Dockerfile in it of which its image has to be built first. */
export type Inspection = InspectedPackage | { refused: StoredFailure } | { dockerfile: string };

export interface InspectedPackage {
  facts: Omit<ModelFacts, 'package'>;
  /** Markdown. */
  card?: string;
  cover?: Uint8Array;
}

/** A package on this machine's disk until it is disposed of. */
export interface ReceivedPackage extends AsyncDisposable {
  /** Of a zip. */
  path: string;
  sha256: string;
  bytes: number;
  read(): Readable;
}

/** What a runtime gives to the check of a package. */
export interface PackageServices {
  /** Fetches a package as it was sent. Throws `objectMissing`. */
  receive(id: string, objects: ObjectStore): Promise<ReceivedPackage>;
  /**
   * As runtime/inspect-package; where it can be ended without this process, it is. Throws AwaitsAnswer where `requests`
   * have to be answered first.
   */
  inspect(path: string, options: PackageInspection): Promise<Inspection>;
}

export interface PackageInspection {
  signal?: AbortSignal | undefined;
  requests?: EndpointRequests | undefined;
  /** The image that was built of the package. */
  built?: string | undefined;
}

export interface CheckServices {
  objects: ObjectStore;
  models: Models;
  packages: PackageServices;
  queue: Pick<Queue, 'send'>;
  /** As PredictServices'. */
  requests?(image: PredictMessage): EndpointRequests;
  signal?: AbortSignal;
}

export interface CheckedVersion {
  checked: 'ready' | 'refused' | 'not pending' | 'awaits' | 'builds';
  failure?: StoredFailure;
}

/** A check that ends the process is begun so often; then the package is refused for it. */
const mostAttempts = 3;

/**
 * Checks a package that was sent: what passes is kept under its sha256 and is ready to be offered; what does not is
 * refused with the reason. A check that was cut off begins anew with the next delivery. Twice is as good as once.
 */
export async function checkVersion(id: string, services: CheckServices): Promise<CheckedVersion> {
  const { objects, models, packages, signal, requests } = services;
  const message: PredictMessage = splitKey(sentPackageRef(id).key);
  const known = await models.get(id);
  if (known === undefined || (await objects.head(sentPackageRef(id))) === undefined) return { checked: 'not pending' };
  if (await stillAwaits(message, 0, services)) return { checked: 'awaits' };
  const version = await models.startCheck(id);
  if (version === undefined) return { checked: 'not pending' };
  const refuse = async (failure: StoredFailure): Promise<CheckedVersion> => {
    await models.refuse(id, failure);
    return { checked: 'refused', failure };
  };
  if (version.attempts > mostAttempts) return refuse(stored(new Failure('modelCheckDied', { attempts: mostAttempts })));
  await using received = await packages.receive(id, objects);
  const built = version.build?.image;
  const asked = { signal, requests: requests?.(message), built };
  const inspection = await packages.inspect(received.path, asked).catch(awaited);
  if (inspection instanceof AwaitsAnswer) {
    await models.checkAgain(id); // what waits has not failed: no attempt is counted
    return { checked: await awaitAnswer(message, { request: inspection.request, generation: 0 }, services) };
  }
  if (requests !== undefined) await removeCheckpoint(message, objects);
  if ('refused' in inspection) return refuse(inspection.refused);
  if ('dockerfile' in inspection) return build(id, inspection, received, services);
  if (built !== undefined) await objects.put(builtImageRef(received.sha256), Buffer.from(built));
  await keepPackage(received, inspection, objects);
  const accepted = await models.accept(id, { ...inspection.facts, package: received.sha256 });
  if (accepted === undefined) return { checked: 'not pending' };
  if (!('known' in accepted)) return { checked: 'ready' };
  const { facts, revision } = accepted.known;
  return refuse(stored(new Failure('modelKnown', { name: facts.name, revision })));
}

/** The source before the state: what is `building` can be started, by the event of the new object or by sweep. */
async function build(
  id: string,
  { dockerfile }: { dockerfile: string },
  { sha256, bytes, read }: ReceivedPackage,
  { objects, models }: CheckServices,
): Promise<CheckedVersion> {
  await objects.put(sourceRef(sha256), read(), { bytes });
  const version = await models.startBuild(id, { source: sha256, dockerfile });
  return { checked: version === undefined ? 'not pending' : 'builds' };
}

function awaited(error: unknown): AwaitsAnswer {
  if (!(error instanceof AwaitsAnswer)) throw error;
  return error;
}

const stored = ({ code, message }: Failure): StoredFailure => ({ code, message });

/** The package last: where it is, the rest is. */
async function keepPackage(
  { sha256, bytes, read }: ReceivedPackage,
  { card, cover }: InspectedPackage,
  objects: ObjectStore,
): Promise<void> {
  if ((await objects.head(packageRef(sha256)))?.bytes === bytes) return;
  if (card !== undefined) await objects.put(cardRef(sha256), Buffer.from(card));
  if (cover !== undefined) await objects.put(coverRef(sha256), cover);
  await objects.put(packageRef(sha256), read(), { bytes });
}
