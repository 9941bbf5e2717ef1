import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { RecordView } from '../../functions/contract/agreements.ts';
import { type Purpose, purposes } from '../../functions/core/pictures/picture.ts';
import { allItems } from '../../functions/object-streams/all-pages.ts';
import { connectToPeople } from '../client/connect-to-people.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

interface OnService {
  url: string;
}

export interface PublishAgreementOptions extends OnService {
  name?: string;
  /** Absent: all. */
  purpose?: Purpose[];
  material?: boolean;
}

/** Texts that stand, and what the caller said of each. Throws `peopleOff`. */
export async function listAgreements({ url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connectToPeople(url, context);
  const { items } = await client.call('listAgreements');
  context.io.emit('agreements.listed', { agreements: items });
}

/** What the caller agreed to and withdrew, newest first. Throws `peopleOff`. */
export async function listRecords({ url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connectToPeople(url, context);
  const records: RecordView[] = [];
  for await (const record of allItems(({ cursor }) => client.call('listRecords', { query: { cursor } })))
    records.push(record);
  context.io.emit('agreements.records', { records });
}

/**
 * Publishes a version whose languages are the files; where consent to earlier ones lapses, after a yes only. Throws
 * `agreementFile`, `inputMissing`, `peopleOff`, `declined`.
 */
export async function publishAgreement(
  files: readonly string[],
  { url, name, purpose = [...purposes], material = false }: PublishAgreementOptions,
  context: CommandContext,
): Promise<void> {
  const named = files.map(fileNameOf);
  const agreement = name ?? commonName(named);
  const texts = await Promise.all(
    named.map(async ({ file, language }) => ({ language, markdown: await textOf(resolve(context.cwd, file), file) })),
  );
  const { client } = await connectToPeople(url, context);
  const question = `Publish '${agreement}' as a material change? What people agreed to before lapses, and they are asked again.`;
  if (material && !(await context.confirm(question)))
    throw new UserError('declined', { command: 'agreements publish' });
  const body = { agreement, purposes: purpose, material, texts };
  context.io.emit('agreements.published', { agreement: await client.call('publishAgreement', { body }) });
}

interface NamedFile {
  file: string;
  /** What stands before the language; absent: nothing does. */
  name?: string;
  language: string;
}

/** `photographs.en.md`, or with --name `en.md`. */
function fileNameOf(file: string): NamedFile {
  const [, name, language] = /^(?:(.+)\.)?([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\.md$/.exec(basename(file)) ?? [];
  if (language === undefined)
    throw new UserError('agreementFile', { file, why: 'its name does not end with a language and .md' });
  return { file, language, ...(name !== undefined && { name }) };
}

/** Throws `agreementFile` where the files do not name one agreement. */
function commonName(files: readonly NamedFile[]): string {
  const [first] = files;
  const other = files.find(({ name }) => name === undefined || name !== first!.name);
  if (other !== undefined)
    throw new UserError('agreementFile', {
      file: other.file,
      why: other.name === undefined ? 'it names no agreement, and --name does not' : `${first!.file} is of another one`,
    });
  return first!.name!;
}

/** UTF-8; a byte order mark is no part of the text. */
async function textOf(path: string, file: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new UserError('inputMissing', { path: file });
    throw error;
  });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError('agreementFile', { file, why: 'it is no text in UTF-8' }, { cause: error });
  }
  if (text.trim() === '') throw new UserError('agreementFile', { file, why: 'it is empty' });
  return text;
}
