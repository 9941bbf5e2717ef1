import { type Access, UnknownRequest } from './access.ts';
import { queryPairs, type SignedRequest } from './signed-request.ts';

/** Actions on parts of a bucket's settings: to read, to write, to remove. Absent: there is no such request. */
const settings: Record<string, readonly [read: string, write: string, remove?: string]> = {
  accelerate: ['GetAccelerateConfiguration', 'PutAccelerateConfiguration'],
  acl: ['GetBucketAcl', 'PutBucketAcl'],
  cors: ['GetBucketCORS', 'PutBucketCORS', 'PutBucketCORS'],
  encryption: ['GetEncryptionConfiguration', 'PutEncryptionConfiguration', 'PutEncryptionConfiguration'],
  lifecycle: ['GetLifecycleConfiguration', 'PutLifecycleConfiguration', 'PutLifecycleConfiguration'],
  location: ['GetBucketLocation', ''],
  logging: ['GetBucketLogging', 'PutBucketLogging'],
  notification: ['GetBucketNotification', 'PutBucketNotification'],
  'object-lock': ['GetBucketObjectLockConfiguration', 'PutBucketObjectLockConfiguration'],
  ownershipControls: ['GetBucketOwnershipControls', 'PutBucketOwnershipControls', 'PutBucketOwnershipControls'],
  policy: ['GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'],
  policyStatus: ['GetBucketPolicyStatus', ''],
  publicAccessBlock: ['GetBucketPublicAccessBlock', 'PutBucketPublicAccessBlock', 'PutBucketPublicAccessBlock'],
  replication: ['GetReplicationConfiguration', 'PutReplicationConfiguration', 'PutReplicationConfiguration'],
  requestPayment: ['GetBucketRequestPayment', 'PutBucketRequestPayment'],
  tagging: ['GetBucketTagging', 'PutBucketTagging', 'PutBucketTagging'],
  versioning: ['GetBucketVersioning', 'PutBucketVersioning'],
  website: ['GetBucketWebsite', 'PutBucketWebsite', 'DeleteBucketWebsite'],
};

const column: Record<string, 0 | 1 | 2> = { GET: 0, HEAD: 0, PUT: 1, POST: 1, DELETE: 2 };

/** Bucket and key of a path-style address; the key is empty for the bucket itself. */
export function bucketAndKey(path: string): { bucket: string; key: string } {
  const [, bucket = '', ...key] = path.split('/').map(decodeURIComponent);
  return { bucket, key: key.join('/') };
}

/** What a request to S3, path-style, does. Source: the S3 guide, "Required permissions for Amazon S3 API operations". */
export function s3Accesses(request: SignedRequest): Access[] {
  const { bucket, key } = bucketAndKey(request.path);
  if (bucket === '') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  return key === '' ? bucketAccesses(request, bucket) : objectAccesses(request, `arn:aws:s3:::${bucket}/${key}`);
}

function bucketAccesses({ method, query, body }: SignedRequest, bucket: string): Access[] {
  const asked = new Map(queryPairs(query));
  const resource = `arn:aws:s3:::${bucket}`;
  const on = (action: string, context = {}): Access[] => [{ action: `s3:${action}`, resource, context }];
  const setting = Object.keys(settings).find((name) => asked.has(name));
  if (setting !== undefined) {
    const action = settings[setting]![column[method]!];
    if (!action) throw new UnknownRequest(`${method} ?${setting} of a bucket`);
    return on(action);
  }
  const prefix = asked.get('prefix');
  const listed = prefix === undefined ? {} : { 's3:prefix': prefix };
  if (method === 'POST' && asked.has('delete'))
    return [...body.toString().matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, entry = '']) => ({
      action: entry.includes('<VersionId>') ? 's3:DeleteObjectVersion' : 's3:DeleteObject',
      resource: `${resource}/${unescapeXml(/<Key>(.*?)<\/Key>/s.exec(entry)?.[1] ?? '')}`,
    }));
  if (method === 'GET' && asked.has('uploads')) return on('ListBucketMultipartUploads', listed);
  if (method === 'GET' && asked.has('versions')) return on('ListBucketVersions', listed);
  if (method === 'GET' || method === 'HEAD') return on('ListBucket', listed);
  if (method === 'PUT') return on('CreateBucket');
  if (method === 'DELETE') return on('DeleteBucket');
  throw new UnknownRequest(`${method} of a bucket`);
}

/** What a parameter of the query makes of a method. */
const byParameter = [
  { parameter: 'uploadId', method: 'GET', action: 'ListMultipartUploadParts' },
  { parameter: 'uploadId', method: 'DELETE', action: 'AbortMultipartUpload' },
  { parameter: 'restore', method: 'POST', action: 'RestoreObject' },
] as const;

function objectAccesses({ method, query, headers }: SignedRequest, resource: string): Access[] {
  const asked = new Map(queryPairs(query));
  const on = (action: string): Access => ({ action: `s3:${action}`, resource });
  const version = asked.has('versionId') ? 'Version' : '';
  if (asked.has('tagging')) {
    const action = { GET: 'GetObject', PUT: 'PutObject', DELETE: 'DeleteObject' }[method];
    if (action === undefined) throw new UnknownRequest(`${method} ?tagging of an object`);
    return [on(`${action}${version}Tagging`)];
  }
  if (asked.has('acl')) return [on(`${method === 'GET' ? 'Get' : 'Put'}Object${version}Acl`)];
  if (asked.has('attributes')) return [on(`GetObject${version}`), on(`GetObject${version}Attributes`)];
  const ofParameter = byParameter.find((row) => asked.has(row.parameter) && row.method === method);
  if (ofParameter !== undefined) return [on(ofParameter.action)];
  if (method === 'GET' || method === 'HEAD') return [on(`GetObject${version}`)];
  if (method === 'DELETE') return [on(`DeleteObject${version}`)];
  if (method !== 'PUT' && method !== 'POST') throw new UnknownRequest(`${method} of an object`);
  return [
    ...copySource(headers['x-amz-copy-source']),
    on('PutObject'),
    ...(headers['x-amz-tagging'] !== undefined ? [on('PutObjectTagging')] : []),
    ...(headers['x-amz-acl'] !== undefined ? [on('PutObjectAcl')] : []),
  ];
}

/** Who copies reads the source. */
function copySource(source: string | undefined): Access[] {
  if (source === undefined) return [];
  const [path = '', query = ''] = source.split('?');
  const action = query.startsWith('versionId=') ? 's3:GetObjectVersion' : 's3:GetObject';
  return [{ action, resource: `arn:aws:s3:::${decodeURIComponent(path).replace(/^\//, '')}` }];
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_, hex?: string, decimal?: string, name?: string) =>
    name !== undefined
      ? (entities[name] ?? '')
      : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  );
