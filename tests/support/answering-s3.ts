import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/protocols';

/** Of the buckets. */
export const names = {
  uploads: 'u',
  inputs: 'i',
  results: 'r',
  downloads: 'd',
  models: 'm',
  figures: 'f',
  pictures: 'p',
  datasets: 't',
};

export interface S3Call {
  /** `PUT /i/key?partNumber=1`. */
  line: string;
  headers: Record<string, string>;
  body: Uint8Array;
}
export interface S3Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Readable;
}

/** A client whose requests get these answers, and what was asked. */
export function answeringS3(answer: (call: S3Call) => S3Answer | Promise<S3Answer>) {
  const calls: S3Call[] = [];
  const client = new S3Client({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 3,
    endpoint: 'http://127.0.0.1:9',
    forcePathStyle: true,
    requestHandler: {
      async handle({ method, path, query, headers, body }: never) {
        const { 'x-id': _, ...named } = query as Record<string, string>;
        const text = new URLSearchParams(named).toString();
        const call = { line: `${method} ${path}${text && `?${text}`}`, headers, body: body ?? Buffer.alloc(0) };
        calls.push(call);
        const { status = 200, headers: more = {}, body: xml = '' } = await answer(call);
        return {
          response: new HttpResponse({
            statusCode: status,
            headers: more,
            body: xml instanceof Readable ? xml : Readable.from([Buffer.from(xml)]),
          }),
        };
      },
    },
  });
  return { client, calls };
}

export const s3Error = (code: string, status: number): S3Answer => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});
