import { manualClock } from '../support/manual-clock.ts';
import { coldObjectStore } from '../support/memory/cold-object-store.ts';
import { coldStorageContract } from './cold-storage.ts';

coldStorageContract('memory', async () => coldObjectStore(manualClock(), { instant: true }));
