import { ofAdapters } from './adapters.ts';
import { ofArchiving } from './archiving.ts';
import type { Mutant } from './mutant.ts';
import { ofOthers } from './others.ts';
import { ofReturning } from './returning.ts';
import { ofSteps } from './steps.ts';

export const mutants: readonly Mutant[] = [...ofSteps, ...ofArchiving, ...ofReturning, ...ofOthers, ...ofAdapters];
