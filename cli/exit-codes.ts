import type { Advice } from '../functions/core/errors.ts';

/** Exit codes of every command (docs/errors.md lists them beside the codes of errors). */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  failed: 3,
  inputNeeded: 4,
  declined: 5,
  locked: 6,
  interrupted: 130,
} as const;

export interface Row extends Advice {
  exit: (typeof exitCodes)[keyof typeof exitCodes];
}
