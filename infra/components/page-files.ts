import { globSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { daySeconds } from '../../functions/core/time.ts';

const year = 365 * daySeconds;

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/vnd.microsoft.icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tif': 'image/tiff',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** The index last, so that it never names a file that is not there yet. Names below assets/ hold a digest of their bytes. */
export function uploadPage(
  name: string,
  folder: string,
  bucket: aws.s3.Bucket,
  childOpts: pulumi.CustomResourceOptions,
): void {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length).split(sep).join('/'))
    .sort();
  if (!files.includes('index.html')) throw new pulumi.RunError(`no index.html in ${folder}: npm run build`);
  const upload = (key: string, dependsOn: pulumi.Resource[]): aws.s3.BucketObjectv2 => {
    const contentType = contentTypes[extname(key)];
    if (contentType === undefined) throw new pulumi.RunError(`there is no content type for ${key}, a file of the page`);
    return new aws.s3.BucketObjectv2(
      `${name}-file-${key}`,
      {
        bucket: bucket.bucket,
        key,
        source: new pulumi.asset.FileAsset(join(folder, key)),
        contentType,
        cacheControl: key.startsWith('assets/') ? `public, max-age=${year}, immutable` : 'no-cache',
      },
      { ...childOpts, dependsOn },
    );
  };
  const others = files.filter((key) => key !== 'index.html').map((key) => upload(key, []));
  upload('index.html', others);
}
