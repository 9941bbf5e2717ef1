import type { Request } from 'express';
import type { z } from 'zod';
import type { jobParams } from '../contract/jobs.ts';
import type { OperationId, operations } from '../contract/operations.ts';
import { Problem } from '../contract/problems.ts';
import type { Job } from '../core/job.ts';
import type { Plan } from '../core/plans.ts';
import type { Caller } from '../ports/identity.ts';
import type { Share } from '../ports/share-store.ts';

type Of<Id extends OperationId, Part extends string> = (typeof operations)[Id] extends { [P in Part]: infer T }
  ? T
  : undefined;
type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;

export interface Principal {
  caller: Caller;
  owner: string;
  planName: string;
  plan: Plan;
}

/** A request that was checked against the contract. */
export interface ApiRequest<Id extends OperationId> {
  /** Undefined on public routes. */
  who: (typeof operations)[Id] extends { public: true } ? undefined : Principal;
  /** The caller's own job, on routes of one job, or on those that are `shared` one that the caller may see. */
  job: (typeof operations)[Id] extends { public: true }
    ? undefined
    : (typeof operations)[Id] extends { params: typeof jobParams }
      ? Job
      : undefined;
  /** By which the caller sees a job of another owner. */
  share: Share | undefined;
  /** Of the path; a job's id is looked up already. */
  params: Readonly<Record<string, string>>;
  query: Parsed<Of<Id, 'query'>>;
  body: Parsed<Of<Id, 'body'>>;
  /** Digest of owner, Idempotency-Key and request; undefined where no key came. */
  repeatable: string | undefined;
}

type ApiAnswer<Id extends OperationId> = (typeof operations)[Id] extends { answer: infer A extends z.ZodType }
  ? z.input<A>
  : (typeof operations)[Id] extends { status: 302 }
    ? string
    : undefined;

export type Handlers = { [Id in OperationId]: (request: ApiRequest<Id>) => Promise<ApiAnswer<Id>> };

/** Issues shown of one bad request. */
const shownIssues = 20;

/** The value as its schema gives it. Throws the problem `requestInvalid`, naming each field. */
export function checked<S extends z.ZodType>(schema: S, value: unknown, part: 'path' | 'query' | 'body'): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, shownIssues).map(({ path, message }) => ({
    at: [part, ...path.map(String)].join('.'),
    message,
  }));
  const [first] = errors;
  throw new Problem('requestInvalid', { what: `${first!.at}: ${first!.message}` }, { extra: { errors } });
}

/** The bearer token. Throws the problem `tokenMissing`. */
export function tokenOf(req: Request): string {
  const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(req.headers.authorization ?? '') ?? [];
  if (token === undefined) throw new Problem('tokenMissing', {}, { headers: { 'WWW-Authenticate': 'Bearer' } });
  return token;
}
