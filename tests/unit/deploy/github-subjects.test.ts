import { expect, it } from '@jest/globals';
import { trustDocument } from '../../../cli/deploy/iam/documents.ts';
import { subjectsOf, trustedSubjects, withoutSubjects } from '../../../cli/deploy/iam/github-subjects.ts';

const scope = { partition: 'aws', account: '123456789012', baseName: 'labdeploy' };
const of = (repository: string, ...environments: string[]) =>
  environments.map((name) => `repo:${repository}:environment:${name}`);

it('a repository is trusted in the environments of its own workflows, by their names', () => {
  expect(subjectsOf('my-lab/labdeploy')).toEqual(of('my-lab/labdeploy', 'production', 'preview'));
  expect(subjectsOf('my-lab/labdeploy:lab 2')).toEqual(of('my-lab/labdeploy', 'lab 2'));
});

it.each(['labdeploy', 'my-lab/labdeploy:', 'my-lab/labdeploy:*', 'my-lab/*', 'a/b/c', 'my-lab/lab:a:b', 'my-lab/l?b'])(
  '%s is refused',
  (given) => expect(() => subjectsOf(given)).toThrow(`'${given}' is neither owner/repository nor`),
);

it('a trust is read back as it was written', () => {
  const subjects = [...subjectsOf('my-lab/labdeploy'), ...subjectsOf('other/fork:staging')];
  expect(trustedSubjects(trustDocument(scope, subjects))).toEqual(subjects);
  expect(trustedSubjects(trustDocument(scope, []))).toEqual([]);
  expect(trustedSubjects({})).toEqual([]);
});

it('has no wildcard in what it lets in, and GitHub only where a repository is named', () => {
  const { Statement } = trustDocument(scope, subjectsOf('my-lab/labdeploy')) as { Statement: { Condition?: object }[] };
  expect(Statement.map(({ Condition }) => Condition)).toEqual([
    undefined,
    {
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': of('my-lab/labdeploy', 'production', 'preview'),
      },
    },
  ]);
  expect((trustDocument(scope, []) as { Statement: unknown[] }).Statement.length).toBe(1);
});

it('of any environment, as earlier versions wrote it, becomes the environments by name', () => {
  const sub = ['repo:my-lab/labdeploy:ref:refs/heads/main', 'repo:my-lab/labdeploy:environment:*'];
  const StringLike = { 'token.actions.githubusercontent.com:sub': sub };
  expect(trustedSubjects({ Statement: [{ Condition: { StringLike } }] })).toEqual([
    sub[0],
    ...of('my-lab/labdeploy', 'production', 'preview'),
  ]);
});

it('of a repository, or of one of its environments, is taken back and no other', () => {
  const all = [...of('my-lab/a', 'production', 'preview'), ...of('my-lab/ab', 'production')];
  expect(withoutSubjects(all, 'my-lab/a')).toEqual(of('my-lab/ab', 'production'));
  expect(withoutSubjects(all, 'my-lab/a:preview')).toEqual([all[0], all[2]]);
});
