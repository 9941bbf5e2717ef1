/** Every function: a folder of its own in the built program, and its entry in functions/runtime/lambda. */
export const functionNames = ['api', 'unzip', 'predict', 'zip', 'notify', 'sweep', 'pre-sign-up'] as const;
export type FunctionName = (typeof functionNames)[number];
