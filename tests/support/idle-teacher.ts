import type { Teacher } from '../../functions/ports/data-sets.ts';

/** A teacher to whom nothing is accepted and who begins no training. */
export const idleTeacher: Teacher = {
  copy: async () => undefined,
  drop: async () => {},
  zip: async () => 0,
  wake() {},
  stop: async () => {},
  forget: async () => {},
};
