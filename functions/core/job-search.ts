import type { Job } from './job.ts';

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/**
 * Is a job meant by these words? Each of them stands somewhere in its name or its note. Upper and lower case, and how an
 * accent is written, make no difference.
 */
export function matchesSearch(search: string): (job: Pick<Job, 'name' | 'note'>) => boolean {
  const words = folded(search).split(/\s+/).filter(Boolean);
  return ({ name, note = '' }) => {
    const text = folded(`${name}\n${note}`);
    return words.every((word) => text.includes(word));
  };
}
