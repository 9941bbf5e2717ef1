import { Failure } from '../../core/errors.ts';

/** `where` is a field of the description or a file of the package. */
export const broken = (where: string, detail: string): Failure =>
  new Failure('modelBroken', { detail: `${where}: ${detail}` });
export const unsupported = (where: string, detail: string): Failure =>
  new Failure('modelUnsupported', { detail: `${where}: ${detail}` });
