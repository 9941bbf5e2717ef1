import { api } from '../functions/api/descriptor.ts';
import { broker } from '../functions/broker/descriptor.ts';
import type { Runnable } from '../functions/stages/access.ts';
import type { Stage } from '../functions/stages/stage.ts';
import { stages } from '../functions/stages/stages.ts';
import { preSignUp } from '../functions/triggers/pre-sign-up/descriptor.ts';
import type { Config } from './config.ts';

/** Every function of a stack with these stages. */
export const functionsOf = (stages: readonly Stage[]): readonly Runnable[] => [api, ...stages, preSignUp, broker];

/** Names of all functions; in the built program each has a folder of that name. */
export const functionNames: readonly string[] = functionsOf(stages).map(({ name }) => name);

/** A function as the configuration has it: `memory` is that of predict. */
export const configured = <R extends Runnable>(runnable: R, { memory }: Pick<Config, 'memory'>): R =>
  runnable.memorySetting === true ? { ...runnable, memoryMb: memory } : runnable;
