import { systemClock } from '../../functions/ports/clock.ts';
import { memoryObjectStore } from '../support/memory/object-store.ts';
import { objectStoreContract } from './object-store.ts';

objectStoreContract('memory', async () => memoryObjectStore(systemClock));
