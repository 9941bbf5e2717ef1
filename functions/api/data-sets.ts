import type { DataSetView } from '../contract/data-sets.ts';
import { jobId } from '../contract/jobs.ts';
import { Problem } from '../contract/problems.ts';
import {
  askForTraining,
  type DataSet,
  isAdding,
  isTraining,
  missingOf,
  mostImages,
  mostPixels,
  objectsOf,
  type Training,
} from '../core/data-set.ts';
import { inputRef, trainingReportRef } from '../core/object-keys.ts';
import { zipRefOf } from '../jobs/data-set-card.ts';
import { imageOfJob, labelSummary } from './correctable.ts';
import type { keyedLock } from './keyed-lock.ts';
import type { Handlers, Principal } from './request.ts';
import type { ApiServices, Teaching } from './services.ts';
import { expiresSeconds } from './sign-uploads.ts';
import { iso, signedView } from './views.ts';

type DataSetHandlers = Pick<
  Handlers,
  | ('listDataSets' | 'createDataSet' | 'showDataSet' | 'deleteDataSet')
  | ('addToDataSet' | 'startTraining' | 'stopTraining' | 'exportDataSet' | 'signReport')
>;

const report = { fileName: 'training-report.html', contentType: 'text/html; charset=utf-8' };

/** Until it is asked for again whether a zip is made. */
const zipSeconds = '5';

/** Data sets and their trainings. Their routes are there only where `services.teaching` is. */
export function dataSetHandlers(services: ApiServices, lock: ReturnType<typeof keyedLock>): DataSetHandlers {
  const { ports, signed, newId } = services;
  const { jobs, objects, clock } = ports;

  const teaching = (): Teaching => {
    if (services.teaching === undefined) throw new Problem('routeUnknown', { path: '/v1/data-sets' });
    return services.teaching;
  };
  const find = async ({ owner }: Principal, id = ''): Promise<DataSet> => {
    const found = jobId.safeParse(id).success ? await teaching().dataSets.get({ owner, id }) : undefined;
    if (found === undefined) throw new Problem('dataSetMissing', { id });
    return found;
  };

  /** The image of a job of the owner's own, with labels, whose pixels are there. */
  const imageToAdd = async ({ owner }: Principal, { job: id, path: raw }: { job: string; path: string }) => {
    const job = await jobs.get({ owner, id });
    if (job === undefined) throw new Problem('jobMissing', { id });
    const image = await imageOfJob(job, raw, ports);
    const { width, height } = await labelSummary(job, image, ports);
    if (width * height > mostPixels) throw new Problem('planeTooLarge', { width, height, limit: mostPixels });
    const { path } = image;
    if ((await objects.head(inputRef(job, path))) === undefined) throw new Problem('inputMissing', { path });
    return { job, path };
  };

  return {
    listDataSets: async ({ who }) => ({ items: (await teaching().dataSets.byOwner(who.owner)).map(viewOf) }),

    async createDataSet({ who, body: { name } }) {
      const { owner, caller } = who;
      const by = caller.name ?? caller.email ?? caller.sub;
      const added = { owner, id: newId(), name, by, createdAt: clock.now(), images: [], sides: {} };
      return viewOf(await teaching().dataSets.add(added));
    },

    showDataSet: async ({ who, params }) => viewOf(await find(who, params.dataSet)),

    deleteDataSet: ({ who, params }) =>
      lock(`data set ${params.dataSet}`, async () => {
        const found = await find(who, params.dataSet);
        await teaching().teacher.forget(found);
        await teaching().dataSets.remove(found);
        return undefined;
      }),

    addToDataSet: ({ who, params, body }) =>
      lock(`data set ${params.dataSet}`, async () => {
        const before = await find(who, params.dataSet);
        if (isTraining(before)) throw new Problem('trainingRunning', {});
        const { job, path } = await imageToAdd(who, body);
        const after = await teaching().teacher.add(before, job, path);
        if (after === 'nothingAccepted') throw new Problem('nothingAccepted', { path });
        if (after === 'dataSetFull') throw new Problem('dataSetFull', { limit: mostImages });
        return viewOf(after ?? (await find(who, before.id)));
      }),

    startTraining: ({ who, params, body }) =>
      lock(`data set ${params.dataSet}`, async () => {
        const before = await find(who, params.dataSet);
        if (isTraining(before)) throw new Problem('trainingRunning', {});
        const { kinds } = teaching();
        if (kinds?.includes(body.kind) === false) throw new Problem('kindUnavailable', { kind: body.kind });
        if (isAdding(before)) throw new Problem('imagesArriving', {});
        const { dataSets, teacher } = teaching();
        const after = await dataSets.change(before, (each) => askForTraining(each, body.kind, clock.now()));
        if (after === undefined) throw new Problem('labelsMissing', { what: missingInWords(before) });
        await teacher.begin(after);
        return viewOf(after);
      }),

    async stopTraining({ who, params }) {
      const found = await find(who, params.dataSet);
      await teaching().teacher.stop(found);
      return viewOf(await find(who, found.id));
    },

    exportDataSet: ({ who, params }) =>
      lock(`data set ${params.dataSet}`, async () => {
        const found = await find(who, params.dataSet);
        const bytes = await teaching().teacher.zip(found);
        if (bytes === undefined) throw new Problem('zipBeingMade', {}, { headers: { 'Retry-After': zipSeconds } });
        const file = { fileName: `${found.name}.zip`, contentType: 'application/zip' };
        const request = await signed.signGet(zipRefOf(found), { expiresSeconds, ...file });
        return { fileName: file.fileName, bytes, request: signedView(request) };
      }),

    async signReport({ who, params }) {
      const ref = trainingReportRef(await find(who, params.dataSet));
      const head = await objects.head(ref);
      if (head === undefined) throw new Problem('reportMissing', {});
      const request = await signed.signGet(ref, { expiresSeconds, ...report });
      return { fileName: report.fileName, bytes: head.bytes, request: signedView(request) };
    },
  };
}

function missingInWords(dataSet: DataSet): string {
  const { objects, images } = missingOf(dataSet);
  const labelled = objectsOf(dataSet.images);
  if (objects > 0)
    return `${labelled} ${labelled === 1 ? 'object is' : 'objects are'} labelled, and ${objects} more are needed, in two images or more`;
  return images > 0 ? `${images} more image is needed` : 'one image has to be trained on, and one kept aside';
}

const viewOf = (dataSet: DataSet): DataSetView => {
  const { id, name, createdAt, images, adding = [], sides, training, version } = dataSet;
  return {
    ...{ id, name, createdAt: iso(createdAt) },
    images: images.map(({ source, job, path, revision, objects, addedAt }) => ({
      ...{ job, path, revision, objects, addedAt: iso(addedAt) },
      ...(sides[source] !== undefined && { side: sides[source] }),
    })),
    adding: adding.map(({ askedAt, ...added }) => ({ ...added, askedAt: iso(askedAt) })),
    objects: objectsOf(images),
    missing: missingOf(dataSet),
    ...(training !== undefined && { training: trainingView(training) }),
    ...(version !== undefined && { version }),
  };
};

const trainingView = ({ askedAt, endedAt, machine, ...training }: Training): NonNullable<DataSetView['training']> => ({
  ...training,
  ...(machine !== undefined && { usd: machine.usd }),
  askedAt: iso(askedAt),
  ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
});
