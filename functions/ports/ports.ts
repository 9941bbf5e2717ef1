import type { Builds } from './builds.ts';
import type { Clock } from './clock.ts';
import type { DataSets } from './data-sets.ts';
import type { Figures } from './figures.ts';
import type { Fleet } from './fleet.ts';
import type { JobStore } from './job-store.ts';
import type { Members } from './members.ts';
import type { Models } from './models.ts';
import type { Notices } from './notifier.ts';
import type { ObjectStore } from './object-store.ts';
import type { Agreements, BaseResources, Pictures } from './pictures.ts';
import type { Queue } from './queue.ts';

/** What a stage may be given; each takes what it needs: `Pick<Ports, 'jobs' | 'queue'>`. */
export interface Ports {
  objects: ObjectStore;
  jobs: JobStore;
  queue: Queue;
  clock: Clock;
  /** Absent where there are no machines but those that run the stages. */
  fleet?: Fleet;
  /** Answers of an endpoint are awaited; absent: this service has none. */
  awaiting?: true;
  /** Absent where no models are added: the batch of one command. */
  models?: Models;
  /** Absent where no models are taught by stages. */
  dataSets?: DataSets;
  /** Makes images of models; absent where this service builds none. */
  builds?: Builds;
  /** Absent where there are no pictures of people. */
  people?: PeoplePorts;
  /** Absent where the gallery is off. */
  figures?: Figures;
  /** Results of plans that archive go to the archive; absent: this service has none. */
  archiving?: true;
  /** Absent where it makes no difference who is on which plan. */
  members?: Members;
  /** Absent where owners are not notified. */
  notices?: Notices;
}

/** Pictures of people, and what those agreed to. */
export interface PeoplePorts {
  pictures: Pictures;
  agreements: Agreements;
  bases: BaseResources;
}
