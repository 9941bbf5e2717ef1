/** Method and path of one operation; the path as in OpenAPI: `{id}`. */
export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  /** Needs no token. */
  public?: true;
}

/** The routes of the API. Apart from the schemas of operations.ts, so that a page that calls them carries no validator. */
export const routes = {
  createJob: { method: 'POST', path: '/v1/jobs' },
  listJobs: { method: 'GET', path: '/v1/jobs' },
  showJob: { method: 'GET', path: '/v1/jobs/{id}' },
  describeJob: { method: 'PATCH', path: '/v1/jobs/{id}' },
  deleteJob: { method: 'DELETE', path: '/v1/jobs/{id}' },
  signUploads: { method: 'POST', path: '/v1/jobs/{id}/uploads' },
  signParts: { method: 'POST', path: '/v1/jobs/{id}/uploads/parts' },
  listParts: { method: 'GET', path: '/v1/jobs/{id}/uploads/parts' },
  completeUpload: { method: 'POST', path: '/v1/jobs/{id}/uploads/complete' },
  submitJob: { method: 'POST', path: '/v1/jobs/{id}/submit' },
  retryJob: { method: 'POST', path: '/v1/jobs/{id}/retry' },
  cancelJob: { method: 'POST', path: '/v1/jobs/{id}/cancel' },
  listFiles: { method: 'GET', path: '/v1/jobs/{id}/files' },
  showResults: { method: 'GET', path: '/v1/jobs/{id}/results' },
  signInput: { method: 'GET', path: '/v1/jobs/{id}/input' },
  signDownload: { method: 'GET', path: '/v1/jobs/{id}/download' },
  listEdits: { method: 'GET', path: '/v1/jobs/{id}/edits' },
  addEdits: { method: 'POST', path: '/v1/jobs/{id}/edits' },
  showCorrections: { method: 'GET', path: '/v1/jobs/{id}/corrections' },
  correctResults: { method: 'POST', path: '/v1/jobs/{id}/corrections' },
  shareJob: { method: 'POST', path: '/v1/jobs/{id}/shares' },
  listJobShares: { method: 'GET', path: '/v1/jobs/{id}/shares' },
  unshareJob: { method: 'DELETE', path: '/v1/jobs/{id}/shares/{member}' },
  listShares: { method: 'GET', path: '/v1/shares' },
  listShared: { method: 'GET', path: '/v1/shared' },
  createLink: { method: 'POST', path: '/v1/jobs/{id}/links' },
  openLink: { method: 'GET', path: '/v1/links/{token}', public: true },
  publishFigure: { method: 'POST', path: '/v1/jobs/{id}/figures' },
  listFigures: { method: 'GET', path: '/v1/gallery' },
  showFigure: { method: 'GET', path: '/v1/gallery/{figure}' },
  changeFigure: { method: 'PATCH', path: '/v1/gallery/{figure}' },
  hideFigure: { method: 'DELETE', path: '/v1/gallery/{figure}' },
  openFigure: { method: 'GET', path: '/v1/gallery/{figure}/picture', public: true },
  showLab: { method: 'GET', path: '/v1/lab' },
  listLabJobs: { method: 'GET', path: '/v1/lab/jobs' },
  forgetPerson: { method: 'POST', path: '/v1/lab/people/{person}/forget' },
  listModels: { method: 'GET', path: '/v1/models' },
  listVersions: { method: 'GET', path: '/v1/models/versions' },
  addVersion: { method: 'POST', path: '/v1/models/versions' },
  showVersion: { method: 'GET', path: '/v1/models/versions/{version}' },
  signPackage: { method: 'POST', path: '/v1/models/versions/{version}/upload' },
  checkVersion: { method: 'POST', path: '/v1/models/versions/{version}/check' },
  offerVersion: { method: 'POST', path: '/v1/models/versions/{version}/offer' },
  retireVersion: { method: 'POST', path: '/v1/models/versions/{version}/retire' },
  showMe: { method: 'GET', path: '/v1/me' },
  exportMe: { method: 'GET', path: '/v1/me/export' },
  showConfig: { method: 'GET', path: '/v1/config', public: true },
  showHealth: { method: 'GET', path: '/healthz', public: true },
} as const satisfies Record<string, Route>;
