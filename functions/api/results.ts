import { apiLimits } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import type { Download, Results } from '../contract/results.ts';
import type { Job } from '../core/job.ts';
import {
  downloadRef,
  foregroundRef,
  inputRef,
  type ObjectRef,
  type ResultKind,
  resultKinds,
  resultRef,
  type TableName,
  tableNames,
  tableRef,
} from '../core/object-keys.ts';
import { outputName, outputStems } from '../core/output-names.ts';
import { normalisePath } from '../core/paths.ts';
import { readEnd, readRound, type WhereCorrected, whereCorrected } from '../jobs/corrected-rounds.ts';
import { fileDigest } from '../jobs/edit-log.ts';
import type { ObjectHead } from '../ports/object-store.ts';
import type { Ports } from '../ports/ports.ts';
import type { Share } from '../ports/share-store.ts';
import { assertLive } from './archived.ts';
import { doneImage, readSummary } from './image-summary.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';
import { fileView, signedView } from './views.ts';

/** A page shows links for a while before the user clicks; a download that has begun goes on. Of a share, whose end must not last. */
const ownSeconds = 60 * 60;
const sharedSeconds = 5 * 60;
const secondsOf = (share: Share | undefined): number => (share === undefined ? ownSeconds : sharedSeconds);

const contentTypes: Record<string, string> = {
  tif: 'image/tiff',
  png: 'image/png',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  zip: 'application/zip',
};

type Services = Pick<ApiServices, 'ports' | 'signed'>;

async function signGet(
  ref: ObjectRef,
  { bytes }: ObjectHead,
  fileName: string,
  { signed, expiresSeconds }: Pick<Services, 'signed'> & { expiresSeconds: number },
): Promise<Download> {
  const contentType = contentTypes[fileName.slice(fileName.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  const request = await signed.signGet(ref, { expiresSeconds, fileName, contentType });
  return { fileName, bytes, request: signedView(request) };
}

/** Where the results of the newest round are that is ready, of whose images it has none at another place. Throws the problem `resultsMissing`. */
async function whereReady(job: Job, objects: Ports['objects']): Promise<WhereCorrected> {
  const round = await readRound(job, objects);
  const end = round && (await readEnd(job, objects));
  if (round === undefined || end?.number !== round.number || end.failure !== undefined)
    throw new Problem('resultsMissing', { why: round ? 'corrected results are not ready' : 'nothing is corrected' });
  return whereCorrected({ ...job, generation: round.generation }, round);
}

const unmoved: WhereCorrected = (ref) => ref;
const whereOf = (labels: 'original' | 'corrected' | undefined, job: Job, { ports }: Services) =>
  labels === 'corrected' ? whereReady(job, ports.objects) : unmoved;

/** The zip of all results; undefined while there is none. Throws the problem `resultArchived`. */
export async function signZip(
  job: Job,
  { ports, signed }: Services,
  share?: Share,
  where: WhereCorrected = unmoved,
): Promise<Download | undefined> {
  const ended = job.state === 'completed' || job.state === 'failed'; // while it is retried the zip is the old one
  const ref = where(downloadRef(job));
  const head = ended ? await ports.objects.head(ref) : undefined;
  assertLive(job, head);
  const name = `${fileNameOf(job)}${where === unmoved ? '' : ' corrected'}.zip`;
  return head && signGet(ref, head, name, { signed, expiresSeconds: secondsOf(share) });
}

export function resultHandlers(
  services: Services,
): Pick<Handlers, 'listFiles' | 'showResults' | 'signInput' | 'signDownload'> {
  const { ports, signed } = services;
  const { jobs, objects } = ports;

  /** The objects that exist, in order of `kinds`. */
  const signAll = async <K extends ResultKind | TableName>(
    kinds: readonly K[],
    expiresSeconds: number,
    locate: (kind: K) => { ref: ObjectRef; fileName: string },
  ): Promise<Results['files']> => {
    const found: Results['files'] = [];
    for (const kind of kinds) {
      const { ref, fileName } = locate(kind);
      const head = await objects.head(ref);
      if (head !== undefined) found.push({ kind, ...(await signGet(ref, head, fileName, { signed, expiresSeconds })) });
    }
    return found;
  };

  const ofImage = async (job: Job, raw: string, expiresSeconds: number, where: WhereCorrected): Promise<Results> => {
    const path = await doneImage(job, raw, ports);
    const stem = outputStems([path]).get(path)!;
    const files = await signAll(
      resultKinds.filter((kind) => kind !== 'summary.json'),
      expiresSeconds,
      (kind) => ({ ref: where(resultRef(job, path, kind)), fileName: outputName(stem, kind).split('/').at(-1)! }),
    );
    const kept = foregroundRef(job, fileDigest(path));
    const head = await objects.head(kept);
    const foreground = head && (await signGet(kept, head, 'foreground.tif', { signed, expiresSeconds }));
    const summary = await readSummary(where(resultRef(job, path, 'summary.json')), ports);
    return { path, files, ...(foreground && { foreground }), ...(summary !== undefined && { summary }) };
  };

  return {
    async listFiles({ job, query: { state, cursor, limit = apiLimits.filesPage } }) {
      const page = await jobs.files(job, {
        limit,
        ...(state !== undefined && { state }),
        ...(cursor !== undefined && { cursor }),
      });
      return { ...page, items: page.items.map(fileView) };
    },

    async showResults({ job, share, query }) {
      const where = await whereOf(query.labels, job, services);
      if (query.path !== undefined) return ofImage(job, query.path, secondsOf(share), where);
      const files = await signAll(tableNames, secondsOf(share), (name) => ({
        ref: where(tableRef(job, name)),
        fileName: name,
      }));
      if (files.length === 0) throw new Problem('resultsMissing', { why: `the job is ${job.state}` });
      return { files };
    },

    async signInput({ job, share, query: { path: raw } }) {
      const { path } = normalisePath(raw);
      if (path === undefined || (await jobs.file(job, path)) === undefined)
        throw new Problem('fileMissing', { path: raw });
      const ref = inputRef(job, path);
      const head = await objects.head(ref);
      if (head === undefined) throw new Problem('inputMissing', { path });
      return signGet(ref, head, path.split('/').at(-1)!, { signed, expiresSeconds: secondsOf(share) });
    },

    async signDownload({ job, share, query }) {
      const zip = await signZip(job, services, share, await whereOf(query.labels, job, services));
      if (zip === undefined) throw new Problem('resultsMissing', { why: `the job is ${job.state}` });
      return zip;
    },
  };
}

/** What no system takes in a file name becomes `_`. */
const fileNameOf = (job: Job): string => job.name.replace(/[\\/:*?"<>|]/g, '_').replace(/^\.+|[. ]+$/g, '_');
