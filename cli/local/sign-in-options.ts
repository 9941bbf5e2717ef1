import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { ServiceOptions } from '../../functions/runtime/workstation/open-service.ts';
import { signInSecretVariable, signInWithSchema } from '../../functions/stack/sign-in-with.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

export interface SignInOptions {
  signInWith?: string;
  users?: boolean;
}

/** The institutions of the file that `--sign-in-with` names, each with its secret from the environment, which is nowhere else. */
export async function institutionsOf(
  { signInWith, users }: SignInOptions,
  { cwd, env }: Pick<CommandContext, 'cwd' | 'env'>,
): Promise<NonNullable<ServiceOptions['signInWith']>> {
  if (signInWith === undefined) return [];
  if (users !== true)
    throw new UserError('usage', { detail: '--sign-in-with is for accounts: add --users', command: 'local' });
  const file = resolve(cwd, signInWith);
  const { success, data, error } = signInWithSchema.safeParse(await rowsOf(file));
  if (!success) {
    const detail = error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
    throw new UserError('signInWithInvalid', { file, detail });
  }
  return data.map((row) => {
    const variable = signInSecretVariable(row);
    const secret = env[variable] ?? '';
    if (secret === '') throw new UserError('signInSecretMissing', { name: row.name, variable });
    return { row, secret };
  });
}

async function rowsOf(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UserError('signInWithInvalid', { file, detail: (error as Error).message }, { cause: error });
  }
}
