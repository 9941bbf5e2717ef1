import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { commandNodes, namesOf } from '../../cli/completion/command-tree.ts';
import type { CommandContext } from '../../cli/context.ts';
import { estimateCost, type Usage, usageOfFolder, usageOfIdleMonth } from '../../cli/deploy/cost/estimate.ts';
import { priceTable } from '../../cli/deploy/cost/prices.ts';
import { deployRows } from '../../cli/deploy/error-rows.ts';
import { buildProgram } from '../../cli/program.ts';
import { configDocument, configPage } from '../../docs/config.ts';
import { errorsDocument, errorsPage } from '../../docs/errors.ts';
import { permissionsDocument, permissionsPage } from '../../docs/permissions.ts';
import { readConfig } from '../../infra/config.ts';

const root = join(import.meta.dirname, '../..');
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root })];
const textOf = (page: string) => readFile(join(root, page), 'utf8');

describe('generated pages', () => {
  it('docs/errors.md lists the codes, texts and exits of the tables (node docs/errors.ts writes it)', async () => {
    expect(await readFile(errorsPage, 'utf8')).toBe(errorsDocument());
  });

  it('docs/config.md lists the settings of the schema (node docs/config.ts writes it)', async () => {
    expect(await readFile(configPage, 'utf8')).toBe(await configDocument());
  });

  it('docs/permissions.md lists what policies and descriptors say (node docs/permissions.ts writes it)', async () => {
    expect(await readFile(permissionsPage, 'utf8')).toBe(permissionsDocument());
  });
});

describe.each(pages)('%s', (page) => {
  it('links to files and headings that exist', async () => {
    const text = await textOf(page);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    const broken: string[] = [];
    for (const [, path = '', heading] of links) {
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) broken.push(target);
      else if (heading !== undefined && !headingsOf(await textOf(target)).includes(heading)) {
        broken.push(`${target}#${heading}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('names commands and options that exist', async () => {
    const wrong = commandsIn(await textOf(page)).flatMap((words) => {
      const trouble = troubleIn(words);
      return trouble === undefined ? [] : [`${words.join(' ')}: ${trouble}`];
    });
    expect(wrong).toEqual([]);
  });
});

it('the check of commands sees a wrong command and a wrong option', () => {
  expect(commandsIn('```sh\nA=1 npx labdeploy up --yes --stak dev # why\n```\nand `labdeploy dstroy`')).toEqual([
    ['up', '--yes', '--stak', 'dev'],
    ['dstroy'],
  ]);
  expect(troubleIn(['up', '--stak', 'dev'])).toBe('no option --stak');
  expect(troubleIn(['dstroy'])).toBe('no command dstroy');
  expect(troubleIn(['users', 'add', 'a@b.example', '--admin'])).toBeUndefined();
});

it('docs/labs.md names every error of a deployment', async () => {
  const text = await textOf('docs/labs.md');
  expect(Object.keys(deployRows).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});

it.each(['README.md', 'docs/labs.md'])('%s states the costs that labdeploy cost estimates', async (page) => {
  const text = (await textOf(page)).replaceAll(/\s+/g, ' ');
  const config = readConfig({});
  const usd = (usage: Usage) => `about ${estimateCost(usage, 'eu-central-1').usd.toFixed(1)}0 USD`;
  const idle = usageOfIdleMonth(config);
  const beyondFree = { messages: idle.messages! - 1e6, tableReads: idle.tableReads! };
  expect(text).toContain(`1,000 images of 40 MB cost ${usd(usageOfFolder({ files: 1000, megabytes: 40 }, config))}`);
  expect(text).toContain(usd(idle));
  expect(text).toContain(usd(beyondFree));
});

it('docs/labs.md says of when its prices are', async () => {
  expect(await textOf('docs/labs.md')).toContain(`list prices of ${priceTable.date}`);
});

const headingsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );

/** The words after `labdeploy` of every command in a code block or between back ticks. */
function commandsIn(text: string): string[][] {
  const blocks = [...text.matchAll(/^```(?:sh|yaml)\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.split('\n'));
  const spans = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
  return [...blocks, ...spans].flatMap((line) => {
    const [, rest] =
      /^(?:- run: )?(?:[A-Z_]+=\S+ )*(?:npx |npm run |docker run .* )?labdeploy(?: --)? ([a-z][^#|>]*)/.exec(
        line.trim(),
      ) ?? [];
    return rest === undefined ? [] : [rest.trim().split(/\s+/)];
  });
}

const nodes = commandNodes(buildProgram({} as CommandContext));

function troubleIn(words: readonly string[]): string | undefined {
  let node = nodes[0]!;
  for (const [i, word] of words.entries()) {
    const deeper = nodes.find((each) => each.words.join(' ') === [...node.words, word].join(' '));
    if (deeper !== undefined) node = deeper;
    else if (i === 0) return `no command ${word}`;
    else if (/^--?[a-z]/.test(word)) {
      const [name] = word.split('=');
      if (!node.options.some((option) => namesOf(option).includes(name!))) return `no option ${word}`;
    }
  }
  return undefined;
}

describe('texts that users read', () => {
  const sources = [
    'cli/errors.ts',
    'cli/deploy/error-rows.ts',
    'cli/io/*.ts',
    'cli/commands/*.ts',
    'functions/core/errors.ts',
    'functions/contract/problems.ts',
    'functions/adapters/local/issuer/pages/strings.ts',
    'functions/institutions/strings.ts',
    'web/strings.ts',
  ].flatMap((pattern) => globSync(pattern, { cwd: root }));

  it('use the words of docs/glossary.md, and none that a reader must learn first', async () => {
    const own = /\b(mend(s|ed|ing)?|reckon(s|ed|ing)?|somebody|nobody|in hand|take up)\b/i;
    const found: string[] = [];
    for (const source of sources) {
      const lines = (await textOf(source)).split('\n');
      for (const line of lines) {
        const [, text] = /^(?!\s*(?:\*|\/\/|\/\*)).*?(['"`].*)$/.exec(line.replace(/ \/\/ .*$/, '')) ?? [];
        if (text !== undefined && own.test(text)) found.push(`${source}: ${line.trim()}`);
      }
    }
    expect(found).toEqual([]);
  });
});
