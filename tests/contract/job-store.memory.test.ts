import { memoryJobStore } from '../support/memory/job-store.ts';
import { jobStorageContract } from './job-storage.ts';
import { jobStoreContract } from './job-store.ts';

jobStoreContract('memory', async (clock) => memoryJobStore(clock));
jobStorageContract('memory', async (clock) => memoryJobStore(clock));
