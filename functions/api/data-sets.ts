import type { DataSetView } from '../contract/data-sets.ts';
import { jobId } from '../contract/jobs.ts';
import { Problem } from '../contract/problems.ts';
import {
  askForTraining,
  type DataSet,
  isTraining,
  missingOf,
  mostImages,
  mostPixels,
  objectsOf,
  type Training,
  withImage,
} from '../core/data-set.ts';
import { dataSetZipRef, inputRef, trainingReportRef } from '../core/object-keys.ts';
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
        const { dataSets, teacher } = teaching();
        const copied = await teacher.copy(before, job, path);
        if (copied === undefined) throw new Problem('nothingAccepted', { path });
        const after = await dataSets.change(before, (each) => withImage(each, { ...copied, addedAt: clock.now() }));
        const earlier = before.images.find(({ source }) => source === copied.source)?.planes ?? [];
        const kept = after === undefined ? earlier : copied.planes;
        await teacher.drop(
          before,
          [...earlier, ...copied.planes].filter((plane) => !kept.includes(plane)),
        );
        if (after === undefined) throw new Problem('dataSetFull', { limit: mostImages });
        return viewOf(after);
      }),

    startTraining: ({ who, params, body }) =>
      lock(`data set ${params.dataSet}`, async () => {
        const before = await find(who, params.dataSet);
        if (isTraining(before)) throw new Problem('trainingRunning', {});
        const after = await teaching().dataSets.change(before, (each) => askForTraining(each, body.kind, clock.now()));
        if (after === undefined) throw new Problem('labelsMissing', { what: missingInWords(before) });
        teaching().teacher.wake();
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
        const file = { fileName: `${found.name}.zip`, contentType: 'application/zip' };
        const request = await signed.signGet(dataSetZipRef(found), { expiresSeconds, ...file });
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
  const { id, name, createdAt, images, sides, training, version } = dataSet;
  return {
    ...{ id, name, createdAt: iso(createdAt) },
    images: images.map(({ source, job, path, revision, objects, addedAt }) => ({
      ...{ job, path, revision, objects, addedAt: iso(addedAt) },
      ...(sides[source] !== undefined && { side: sides[source] }),
    })),
    objects: objectsOf(images),
    missing: missingOf(dataSet),
    ...(training !== undefined && { training: trainingView(training) }),
    ...(version !== undefined && { version }),
  };
};

const trainingView = ({ askedAt, endedAt, ...training }: Training): NonNullable<DataSetView['training']> => ({
  ...training,
  askedAt: iso(askedAt),
  ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
});
