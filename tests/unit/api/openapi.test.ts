import { describe, expect, it } from '@jest/globals';
import { openApi } from '../../../functions/api/openapi.ts';
import { operations } from '../../../functions/contract/operations.ts';
import {
  Problem,
  type ProblemCode,
  problemCodes,
  problemStatus,
  problemType,
} from '../../../functions/contract/problems.ts';

type Node = { [key: string]: Node };
const document = openApi('1.2.3', new Set(['gallery', 'people', 'billing', 'teaching'])) as unknown as Node;
const methods = ['get', 'post', 'patch', 'delete'];

describe('the OpenAPI document', () => {
  it('is 3.1 and names every operation once', () => {
    expect(document.openapi).toBe('3.1.0');
    const ids = Object.values(document.paths!).flatMap((path) =>
      methods.flatMap((method) => path[method]?.operationId),
    );
    expect(ids.filter((id) => id !== undefined).sort()).toEqual(Object.keys(operations).sort());
  });

  it('has no route of a feature that is off', () => {
    const paths = Object.keys(openApi('1.2.3', new Set()).paths as object);
    expect(paths.filter((path) => /gallery|figures|data-sets/.test(path))).toEqual([]);
    expect(paths).toContain('/v1/jobs/{id}/shares');
  });

  it('refers only to schemas that it has', () => {
    const referred = new Set(
      [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, id]) => id),
    );
    const present = Object.keys(document.components!.schemas!);
    expect([...referred].filter((id) => !present.includes(id!))).toEqual([]);
    expect(JSON.stringify(document)).not.toContain('$schema');
  });

  it('says of every request parameter and body what may come', () => {
    const { parameters, requestBody } = document.paths!['/v1/jobs']!.post!;
    expect(parameters).toEqual([expect.objectContaining({ name: 'Idempotency-Key', in: 'header' })]);
    expect(requestBody!.required).toBe(true);
    const limit = (document.paths!['/v1/jobs']!.get!.parameters as unknown as Node[]).at(-1);
    expect(limit).toEqual({
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 100 },
    });
    expect(document.paths!['/v1/jobs/{id}/uploads/parts']!.get!.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'path', in: 'query', required: true },
      { name: 'uploadId', in: 'query', required: true },
    ]);
    expect(document.paths!['/v1/jobs/{id}/submit']!.post!.requestBody!.required).toBe(false);
  });

  it('lists the problems of an operation by status', () => {
    const { responses } = document.paths!['/v1/jobs/{id}/submit']!.post!;
    expect(Object.keys(responses!)).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '408',
      '409',
      '413',
      '415',
      '422',
      '429',
      '431',
      '500',
      '503',
      '507',
    ]);
    expect(responses!['409']!.description).toBe('jobEnded, jobEmpty, uploadsMissing, requestRunning');
    const ofHealth = Object.keys(document.paths!['/healthz']!.get!.responses!);
    expect(ofHealth).toEqual(['200', '400', '431', '500', '503', '507']);
  });

  it('asks for a token everywhere but where it is public', () => {
    const open = Object.entries(document.paths!).flatMap(([path, item]) =>
      methods.filter((method) => item[method]?.security !== undefined).map((method) => `${method} ${path}`),
    );
    expect(open).toEqual([
      'get /v1/links/{token}',
      'get /v1/gallery/{figure}/picture',
      'post /v1/billing/events',
      'get /v1/config',
      'get /healthz',
    ]);
    expect(document.security).toEqual([{ token: [] }]);
  });
});

it.each(problemCodes)('the problem %s has a status, a stable type and a fix', (code: ProblemCode) => {
  const facts = new Proxy({}, { get: (_, fact) => `${String(fact)} 1` }) as never;
  const problem = new Problem(code, facts);
  expect(problemType(code)).toBe(`urn:labdeploy:problem:${code}`);
  expect(problemStatus(code)).toBeGreaterThanOrEqual(400);
  expect(problem.title).toMatch(/^[a-z].*[^.]$/);
  expect(problem.detail).toMatch(/^[\w/'].*[^.]$/);
  expect(problem.detail).not.toContain('undefined');
});
