import { type ClassifiedPath, classifyPath } from '../../functions/core/classify-path.ts';
import { isCompanion as isCompanionFile } from '../../functions/core/companion-files.ts';
import { isHidden, isNoise, normalisePath } from '../../functions/core/paths.ts';
import type { PlanLimits } from '../../functions/core/plans.ts';

/**
 * `hidden` (also what Finder and Explorer leave) and `notImage` are left out, the others fail. All but `namedTwice` and
 * `overFileLimit` the service finds by itself.
 */
export type NotSentReason = 'hidden' | 'notImage' | 'pathRefused' | 'fileTooLarge' | 'namedTwice' | 'overFileLimit';

export interface NotSent {
  /** As the job names it: of a second file of one name with a number. */
  path: string;
  bytes: number;
  reason: NotSentReason;
  /** In words, for names that are refused. */
  detail?: string;
}

export interface Selection<F> {
  send: F[];
  /** Everything else, each named in the job as well. */
  notSent: NotSent[];
}

/** Of one job; the service takes no more (apiLimits.notSentPerJob). */
export const maxNotSent = 10_000;

/** Files that are announced: hidden ones come and go as a file manager looks into a folder. */
export const announcedOf = ({ send, notSent }: Selection<unknown>): number =>
  send.length + notSent.filter(({ reason }) => reason !== 'hidden').length;

/**
 * Decides before anything is sent what a job takes of a folder, by the limits of the plan where they are known. Companions
 * are no images and do not count; they come first, since images are read with them.
 */
export function selectFiles<F extends { path: string; bytes: number }>(
  files: readonly F[],
  limits?: Pick<PlanLimits, 'bytesPerFile' | 'filesPerJob'>,
): Selection<F> {
  const taken = new Set<string>();
  const { bytesPerFile = Number.POSITIVE_INFINITY, filesPerJob = Number.POSITIVE_INFINITY } = limits ?? {};
  const images: F[] = [];
  const companions: F[] = [];
  const notSent: NotSent[] = [];
  for (const file of files) {
    const { name, fault, isCompanion } = fateOf(file, taken, bytesPerFile);
    if (fault !== undefined)
      notSent.push({ path: name, bytes: file.bytes, reason: fault, ...detailOf(fault, file.path) });
    else if (isCompanion) companions.push(file);
    else if (images.length < filesPerJob) images.push(file);
    else notSent.push({ path: name, bytes: file.bytes, reason: 'overFileLimit' });
  }
  return { send: [...companions, ...images], notSent };
}

interface Fate {
  /** In the list of files that are not sent. */
  name: string;
  /** Why it is not sent, as far as itself says. */
  fault?: Exclude<NotSentReason, 'overFileLimit'> | undefined;
  isCompanion: boolean;
}

function fateOf({ path, bytes }: { path: string; bytes: number }, taken: Set<string>, bytesPerFile: number): Fate {
  const { name, reason } = takeName(path, taken);
  const isCompanion = reason === 'notImage' && name === path && isCompanionFile(path, bytes);
  const fault = isCompanion ? undefined : reason;
  return {
    name: fault === 'pathRefused' ? path : name,
    fault: fault ?? (bytes > bytesPerFile ? 'fileTooLarge' : undefined),
    isCompanion,
  };
}

function detailOf(reason: NotSentReason, path: string): { detail?: string } {
  const detail = reason === 'pathRefused' ? normalisePath(path).refused : undefined;
  return detail === undefined ? {} : { detail };
}

/** The name that a file has in the list of those not sent, and why it is one of them: undefined where its name is no reason. */
function takeName(
  path: string,
  taken: Set<string>,
): { name: string; reason: ReturnType<typeof reasonOf> | 'namedTwice' } {
  const named = classifyPath(path);
  if (!taken.has(named.path)) {
    taken.add(named.path);
    return { name: path, reason: reasonOf(named) };
  }
  const name = freeName(path, taken);
  taken.add(classifyPath(name).path);
  return { name, reason: named.kind === 'leftOut' ? reasonOf(named) : 'namedTwice' };
}

/** Why no file of that name is sent. */
function reasonOf({ kind, path }: ClassifiedPath): 'hidden' | 'notImage' | 'pathRefused' | undefined {
  if (kind === 'refused') return 'pathRefused';
  if (kind === 'image') return undefined;
  return isHidden(path) || isNoise(path) ? 'hidden' : 'notImage';
}

/** `a.tif` becomes `a (2).tif`, or the next number that no file has. */
function freeName(path: string, taken: ReadonlySet<string>): string {
  const dot = path.lastIndexOf('.');
  const [stem, ending] = dot > path.lastIndexOf('/') + 1 ? [path.slice(0, dot), path.slice(dot)] : [path, ''];
  for (let number = 2; ; number++) {
    const name = `${stem} (${number})${ending}`;
    if (!taken.has(classifyPath(name).path)) return name;
  }
}
