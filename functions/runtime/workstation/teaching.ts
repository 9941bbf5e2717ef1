import { join } from 'node:path';
import { localDataSets } from '../../adapters/local/data-sets.ts';
import type { LocalDatabase } from '../../adapters/local/database.ts';
import type { ApiServices } from '../../api/services.ts';
import { openTeacher, type TeacherServices } from '../../teaching/teacher.ts';
import type { TeachingSetup } from '../../teaching/train-data-set.ts';
import type { Trouble } from '../consume.ts';

export type { TeachingSetup };

type Services = Omit<TeacherServices, 'dataSets' | 'setup' | 'folder' | 'onTrouble'> & {
  dataFolder: string;
  database: LocalDatabase;
  onTrouble(trouble: Trouble): void;
};

/** What the API gets of teaching: nothing where no models are taught. What was in work when the service ended goes on. */
export function openTeaching(
  setup: TeachingSetup | undefined,
  { dataFolder, database, onTrouble, ...services }: Services,
): { api: Pick<ApiServices, 'teaching'> } & AsyncDisposable {
  if (setup === undefined) return { api: {}, [Symbol.asyncDispose]: async () => {} };
  const dataSets = localDataSets(database);
  const teacher = openTeacher({
    ...services,
    ...{ dataSets, setup, folder: join(dataFolder, 'teaching') },
    onTrouble: (error) => onTrouble({ stage: 'teaching', attempt: 1, last: true, error }),
  });
  teacher.wake();
  return { api: { teaching: { dataSets, teacher } }, [Symbol.asyncDispose]: () => teacher[Symbol.asyncDispose]() };
}
