import type { ZipEntry, ZipLimits } from '../../archive/zip-directory.ts';
import type { ByteSource } from '../../image/image.ts';
import type { ColdStorage } from '../../ports/cold-storage.ts';
import type { Members } from '../../ports/members.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Ports } from '../../ports/ports.ts';

/** What a machine gives to the stage. */
export interface ColdServices extends Pick<Ports, 'objects' | 'jobs' | 'queue' | 'clock' | 'members'> {
  signal?: AbortSignal;
  /** As archive/zip-directory, where zips are not to be read on this thread. */
  readZipDirectory?(source: ByteSource, limits?: ZipLimits): Promise<ZipEntry[]>;
}

/** The same of a service that archives. */
export interface ArchiveServices extends ColdServices {
  objects: ObjectStore & { coldStorage: ColdStorage };
  members: Members;
}

/** Throws where the service has no archive: its messages wait for one that has. */
export function archiveServices({ objects, members, ...services }: ColdServices): ArchiveServices {
  const { coldStorage } = objects;
  if (coldStorage === undefined || members === undefined) throw new Error('this service has no archive');
  return { ...services, objects: { ...objects, coldStorage }, members };
}
