import { z } from 'zod';
import * as agreements from '../contract/agreements.ts';
import * as dataSets from '../contract/data-sets.ts';
import * as edits from '../contract/edits.ts';
import * as gallery from '../contract/gallery.ts';
import * as jobs from '../contract/jobs.ts';
import * as lab from '../contract/lab.ts';
import * as models from '../contract/models.ts';
import { isOfJob, type Operation, operationsWith } from '../contract/operations.ts';
import * as people from '../contract/people.ts';
import * as pictures from '../contract/pictures.ts';
import * as plans from '../contract/plans.ts';
import * as problemView from '../contract/problem-view.ts';
import { type ProblemCode, problemStatus } from '../contract/problems.ts';
import * as results from '../contract/results.ts';
import * as service from '../contract/service.ts';
import * as shares from '../contract/shares.ts';
import * as signedRequest from '../contract/signed-request.ts';
import * as uploads from '../contract/uploads.ts';
import type { Feature } from '../core/features.ts';

type Json = Record<string, unknown>;

/** Answers that have a name of their own in the document. */
const named = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries({
  Job: jobs.jobView,
  JobPage: jobs.jobPage,
  File: jobs.fileView,
  FilePage: jobs.filePage,
  SignedRequest: signedRequest.signedRequest,
  UploadAnswers: uploads.uploadAnswers,
  SignedParts: uploads.signedParts,
  SentParts: uploads.sentParts,
  CompletedUpload: uploads.completedUpload,
  Download: results.download,
  Link: results.linkView,
  EditEntries: edits.editEntries,
  Corrections: edits.corrections,
  DataSet: dataSets.dataSetView,
  DataSetList: dataSets.dataSetList,
  Share: shares.shareView,
  ShareList: shares.shareList,
  SharePage: shares.sharePage,
  Results: results.results,
  Figure: gallery.figureView,
  FigurePage: gallery.figurePage,
  Lab: lab.labView,
  LabJobs: lab.labJobs,
  LabArchive: lab.labArchive,
  Model: service.modelView,
  ModelList: service.modelList,
  ModelVersion: models.versionView,
  ModelVersionDetail: models.versionDetail,
  ModelVersionList: models.versionList,
  PackageUpload: models.packageUpload,
  RecipeList: pictures.recipeList,
  Picture: pictures.pictureView,
  ShownPicture: pictures.shownPicture,
  PicturePage: pictures.picturePage,
  NewPicture: pictures.newPictureView,
  Display: pictures.displayView,
  DisplayHistory: pictures.displayHistory,
  Review: pictures.reviewView,
  BaseList: pictures.baseList,
  NewBase: pictures.newBaseView,
  Agreement: agreements.agreementView,
  AgreementList: agreements.agreementList,
  AgreementRecord: agreements.recordView,
  AgreementRecordPage: agreements.recordPage,
  Me: service.me,
  MyPlan: plans.myPlan,
  BilledPlan: plans.billedPlan,
  PlanRequestList: plans.planRequestList,
  Export: people.exportView,
  Forgotten: people.forgottenView,
  Config: service.publicConfig,
  Health: service.health,
  Problem: problemView.problemView,
})) {
  named.add(schema, { id });
}

const uri = (id: string): string => `#/components/schemas/${id}`;
const idOf = (schema: z.ZodType): string => named.get(schema)!.id;

/** Before it is parsed (`input`) or after (`output`): draft 2020-12, which is OpenAPI 3.1's. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}

/** Problems that a request may get beside those of its operation. */
function commonProblems({ public: open, admin, path, shared, params, query, body, stored }: Operation): ProblemCode[] {
  return [
    ...(['notHttp', 'headTooLarge'] as const),
    ...(query !== undefined || body !== undefined || params !== undefined || stored === true
      ? (['requestInvalid'] as const)
      : []),
    ...(open === true ? [] : (['tokenMissing', 'tokenExpired', 'tokenRefused', 'tooFast', 'unavailable'] as const)),
    ...(open === true || shared === true || !isOfJob({ path }) ? [] : (['jobReadOnly'] as const)),
    ...(admin === true ? (['adminsOnly'] as const) : []),
    ...(body === undefined ? [] : (['jsonInvalid', 'bodyTooLarge', 'bodyNotJson', 'requestTimeout'] as const)),
    ...(stored === true ? (['keyReused', 'requestRunning'] as const) : []),
    'noSpace',
    'internal',
  ];
}

function problemAnswers(operation: Operation): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set([...operation.problems, ...commonProblems(operation)])) {
    const status = problemStatus(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: { 'application/problem+json': { schema: { $ref: uri('Problem') } } },
      },
    ]),
  );
}

function parametersOf(operation: Operation): Json[] {
  const of = (location: 'path' | 'query', schema: z.ZodObject | undefined): Json[] =>
    Object.entries(schema?.shape ?? {}).map(([name, value]) => ({
      name,
      in: location,
      required: location === 'path' || !(value as z.ZodType).safeParse(undefined).success,
      schema: schemaOf(value as z.ZodType, 'output'), // a number, though it comes as text
    }));
  const key = { type: 'string', pattern: '^[!-~]{1,200}$' };
  return [
    ...of('path', operation.params),
    ...of('query', operation.query),
    ...(operation.stored === true
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: false,
            description: 'A repeat with the same key within a day gets the first answer and does nothing twice',
            schema: key,
          },
        ]
      : []),
  ];
}

function describe(operation: Operation): Json {
  const { id, summary, body, bodyOptional, status, answer } = operation;
  return {
    operationId: id,
    summary,
    ...(operation.public === true && { security: [] }),
    parameters: parametersOf(operation),
    ...(body !== undefined && {
      requestBody: {
        required: bodyOptional !== true,
        content: { 'application/json': { schema: schemaOf(body, 'input') } },
      },
    }),
    responses: {
      [status]: {
        description: summary,
        ...(status === 302 && { headers: { Location: { required: true, schema: { type: 'string' } } } }),
        ...(answer !== undefined && { content: { 'application/json': { schema: { $ref: uri(idOf(answer)) } } } }),
      },
      ...problemAnswers(operation),
    },
  };
}

/** OpenAPI 3.1 of the operations that there are with these features, from the very schemas that check them. */
export function openApi(version: string, features: ReadonlySet<Feature>): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operationsWith(features)) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(operation) };
  }
  const { schemas } = z.toJSONSchema(named, { io: 'output', uri, unrepresentable: 'any' });
  const bare = Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'labdeploy',
      version,
      description:
        'Folders of microscope images in, segmented results out. Bytes of images go to and from the store by signed requests, never through this API.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(bare),
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}
