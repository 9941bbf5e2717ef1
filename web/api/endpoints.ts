import type {
  CompleteBody,
  CompletedUpload,
  Download,
  FilePage,
  FileView,
  JobPage,
  JobView,
  LinkView,
  Me,
  ModelList,
  NewJobBody,
  PartsBody,
  PublicConfig,
  Results,
  SignedParts,
  SubmitBody,
  UploadAnswers,
  UploadsBody,
} from '../../functions/contract/schemas.ts';
import type { Call } from './client.ts';

type FileState = FileView['state'];

/** The routes of /openapi.json that the page uses. */
export function endpoints(call: Call) {
  const job = (id: string): string => `/v1/jobs/${encodeURIComponent(id)}`;
  return {
    config: (signal?: AbortSignal) => call<PublicConfig>('GET', '/v1/config', { signal }),
    me: (signal?: AbortSignal) => call<Me>('GET', '/v1/me', { signal }),
    models: (signal?: AbortSignal) => call<ModelList>('GET', '/v1/models', { signal }),
    jobs: (cursor: string | undefined, signal?: AbortSignal) =>
      call<JobPage>('GET', '/v1/jobs', { query: { cursor }, signal }),
    job: (id: string, signal?: AbortSignal) => call<JobView>('GET', job(id), { signal }),
    createJob: (body: NewJobBody, key: string) => call<JobView>('POST', '/v1/jobs', { body, key }),
    deleteJob: (id: string) => call<void>('DELETE', job(id)),
    signUploads: (id: string, body: UploadsBody, signal?: AbortSignal) =>
      call<UploadAnswers>('POST', `${job(id)}/uploads`, { body, signal }),
    signParts: (id: string, body: PartsBody, signal?: AbortSignal) =>
      call<SignedParts>('POST', `${job(id)}/uploads/parts`, { body, signal }),
    completeUpload: (id: string, body: CompleteBody, signal?: AbortSignal) =>
      call<CompletedUpload>('POST', `${job(id)}/uploads/complete`, { body, signal }),
    submit: (id: string, body: SubmitBody) => call<JobView>('POST', `${job(id)}/submit`, { body }),
    retry: (id: string) => call<JobView>('POST', `${job(id)}/retry`),
    cancel: (id: string) => call<JobView>('POST', `${job(id)}/cancel`),
    files: (id: string, query: { state?: FileState; cursor?: string }, signal?: AbortSignal) =>
      call<FilePage>('GET', `${job(id)}/files`, { query, signal }),
    results: (id: string, path: string | undefined, signal?: AbortSignal) =>
      call<Results>('GET', `${job(id)}/results`, { query: { path }, signal }),
    download: (id: string) => call<Download>('GET', `${job(id)}/download`),
    makeLink: (id: string, days: number) => call<LinkView>('POST', `${job(id)}/links`, { body: { days } }),
  };
}

export type Api = ReturnType<typeof endpoints>;
