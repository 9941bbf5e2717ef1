import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSetView } from '../../functions/contract/data-sets.ts';
import type { JobView } from '../../functions/contract/jobs.ts';
import type { EditOperation } from '../../functions/core/edits.ts';
import { inputRef, resultRef } from '../../functions/core/object-keys.ts';
import type { FileSummary } from '../../functions/core/summary.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { sealAndAdvance } from '../../functions/jobs/advance.ts';
import { objectSource } from '../../functions/object-streams/object-source.ts';
import type { Queue } from '../../functions/ports/queue.ts';
import { queuedTeacher } from '../../functions/teaching/queued-teacher.ts';
import { openTeacher } from '../../functions/teaching/teacher.ts';
import type { TeachingSetup } from '../../functions/teaching/train-data-set.ts';
import { type ApiService, apiService, type Reply } from './api-service.ts';
import { operation } from './edit-maker.ts';
import { discs, tiffOf } from './labelled-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

type LocalTeacher = ReturnType<typeof openTeacher>;
type Parts = Parameters<NonNullable<NonNullable<Parameters<typeof apiService>[0]>['teacher']>>[0];

/** Rows and columns of images, px. */
export const side = 128;
const whole = { left: 0, top: 0, width: side, height: side };
export const accept = (region: Partial<typeof whole> = {}): EditOperation =>
  operation({ do: 'accept', region: { ...whole, ...region }, accepted: true });

export interface TeachingWorld extends AsyncDisposable {
  api: ApiService;
  /** Where trainings work. */
  folder: string;
  /** How. */
  setup: TeachingSetup;
  /** What a teacher is made of. */
  parts: Parts;
  /** A completed job of olga's with images of so many discs each, by name. Returns its id. */
  addJob(counts: Readonly<Record<string, number>>): Promise<string>;
  edit(job: string, path: string, operations: EditOperation[]): Promise<void>;
  /** A data set of olga's with two images whose 30 objects are accepted. Returns its id. */
  ready(name: string): Promise<string>;
  create(name: string): Promise<string>;
  add<T = DataSetView>(dataSet: string, job: string, path: string): Promise<Reply<T>>;
  train<T = DataSetView>(dataSet: string): Promise<Reply<T>>;
  show(dataSet: string): Promise<DataSetView>;
  /** When its training is in that state. */
  reached(dataSet: string, state: string): Promise<DataSetView>;
  /** Ends the teacher and opens another one, as a service that is started again. */
  startAgain(): Promise<void>;
  /** Names of the files below the folder of a data set. */
  files(dataSet: string): Promise<string[]>;
}

/** The API with a teacher whose trainings are tests/support/children/train. `queue`: it asks others by it, and none works here. */
export async function openTeachingWorld({ queue }: { queue?: Queue } = {}): Promise<TeachingWorld> {
  const temporary = await temporaryFolder();
  const folder = join(temporary.path, 'teaching');
  const command = { command: process.execPath, args: [join(import.meta.dirname, 'children/train.ts')] };
  let parts: Parts | undefined;
  let teacher: LocalTeacher | undefined;
  const setup: TeachingSetup = {
    ...command,
    ...{ env: process.env, python: 'python-of-the-lab', base: 'nuclei' },
    pack: async (of) => ({
      file: join(of, 'bioimageio.yaml'),
      bytes: 'name: made'.length,
      [Symbol.asyncDispose]: async () => {},
    }),
  };
  const open = (): LocalTeacher =>
    openTeacher({
      ...parts!,
      folder,
      reading: {
        openImage: async (source, options) => ({
          ...(await openImage(source, options)),
          [Symbol.asyncDispose]: async () => {},
        }),
      },
      setup,
      onTrouble: () => {},
    });
  const api = await apiService({
    teacher(given) {
      parts = given;
      if (queue !== undefined) return queuedTeacher({ ...given, queue });
      teacher = open();
      const now = (): LocalTeacher => teacher!;
      return {
        add: (...words) => now().add(...words),
        zip: (dataSet) => now().zip(dataSet),
        begin: (dataSet) => now().begin(dataSet),
        stop: (ref) => now().stop(ref),
        forget: (ref) => now().forget(ref),
      };
    },
  });

  const addJob = async (counts: Readonly<Record<string, number>>): Promise<string> => {
    const { jobs, objects } = api.ports;
    const { body } = await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'plate' } });
    const ref = { owner: 'olga', id: body.id };
    for (const [i, [name, count]] of Object.entries(counts).entries()) {
      const { image, labels } = discs(count, i);
      const bytes = await tiffOf(image);
      await jobs.expect(ref, [{ path: name, bytes: bytes.length }]);
      await parts!.objects.put(inputRef(ref, name), bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await objects.put(resultRef(ref, name, 'summary.json'), Buffer.from(JSON.stringify(summaryOf(name, sha256))));
      await objects.put(resultRef(ref, name, 'labels.tif'), await tiffOf(labels));
      await jobs.finishFile(ref, name, { state: 'done' });
    }
    await sealAndAdvance(ref, api.ports);
    await jobs.complete(ref, 1);
    return body.id;
  };
  const edit = async (job: string, path: string, operations: EditOperation[]): Promise<void> => {
    const body = { path, after: 0, operations };
    const { status } = await api.call('POST', `/v1/jobs/${job}/edits`, { body });
    if (status !== 200) throw new Error(`corrections of ${path}: ${status}`);
  };
  const create = async (name: string): Promise<string> =>
    (await api.call<DataSetView>('POST', '/v1/data-sets', { body: { name } })).body.id;
  const add = <T = DataSetView>(dataSet: string, job: string, path: string) =>
    api.call<T>('POST', `/v1/data-sets/${dataSet}/images`, { body: { job, path } });
  const show = async (id: string) => (await api.call<DataSetView>('GET', `/v1/data-sets/${id}`)).body;

  return {
    ...{ api, folder, setup, parts: parts!, addJob, edit, create, add, show },
    async ready(name) {
      const [job, dataSet] = [await addJob({ 'a.tif': 15, 'b.tif': 15 }), await create(name)];
      for (const path of ['a.tif', 'b.tif']) {
        await edit(job, path, [accept()]);
        await add(dataSet, job, path);
      }
      return dataSet;
    },
    train: (id) => api.call('POST', `/v1/data-sets/${id}/training`, { body: { kind: 'pixels' } }),
    reached: (id, state) =>
      until(`the training is ${state}`, async () => {
        const found = await show(id);
        const { state: now, failure } = found.training!;
        if (now === state) return found;
        if (now !== 'queued' && now !== 'running') throw new Error(`it is ${now}: ${failure?.message}`);
        return undefined;
      }),
    async startAgain() {
      await teacher![Symbol.asyncDispose]();
      teacher = open();
      teacher.wake();
    },
    files: async (id) => (await readdir(join(folder, id), { recursive: true })).sort(),
    async [Symbol.asyncDispose]() {
      await teacher?.[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

export const summaryOf = (path: string, sha256: string): FileSummary => ({
  ...{ path, sha256, bytes: 10, height: side, width: side, samples: 1, type: 'uint16', channels: 1 },
  ...{ positions: 1, times: 1, depths: 1, channel: { index: 0 }, objects: 3 },
  model: { name: 'nuclei', version: '1.0.0', sha256, definition: sha256 },
  settings: { probabilities: false },
  outputs: [],
});

/** Pixels of a plane that the service keeps. */
export async function storedPlane({ ports }: ApiService, ref: Parameters<typeof objectSource>[1]) {
  await using source = await objectSource(ports.objects, ref);
  const image = await openImage(source);
  return image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
}
