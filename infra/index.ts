/* What `pulumi up` runs: the engine calls the one export of its entry point, and takes what it returns as outputs. */
export { program as default } from './program.ts';
