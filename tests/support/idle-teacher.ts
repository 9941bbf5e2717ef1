import type { Teacher } from '../../functions/ports/data-sets.ts';

/** A teacher to whom nothing is accepted and who begins no training. */
export const idleTeacher: Teacher = {
  add: async () => 'nothingAccepted',
  zip: async () => 0,
  begin: async () => {},
  stop: async () => {},
  forget: async () => {},
};
