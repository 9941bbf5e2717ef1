import { describe, expect, it } from '@jest/globals';
import { accountRegionDigest, longest, type Named, nameOf, slug } from '../../infra/naming.ts';

const long = 'a-stack-whose-name-somebody-made-far-longer-than-any-service-of-aws-would-like-it-to-be';

describe('names of resources', () => {
  it('are base, stack and part where that fits', () => {
    expect(nameOf('labdeploy', 'dev', 'files', 'queue')).toBe('labdeploy-dev-files');
  });

  it.each(Object.entries(longest) as [Named, number][])('of a %s have at most %i characters', (what, limit) => {
    const name = nameOf('labdeploy', long.repeat(4), 'downloads', what);
    expect(name.length).toBeLessThanOrEqual(limit);
    expect(name).toMatch(/^labdeploy-a-stack[a-z0-9-]*-[0-9a-f]{8}-downloads$/);
  });

  it('stay the same, and differ where what was cut differs', () => {
    const names = [`${long}1`, `${long}2`, `${long}1`].map((stack) => nameOf('labdeploy', stack, 'files', 'function'));
    expect(names[0]).toBe(names[2]);
    expect(names[0]).not.toBe(names[1]);
    expect(names[0]).toBe('labdeploy-a-stack-whose-name-somebody-made-far-lo-1a643937-files');
  });

  it('refuse a part for which there is no room', () => {
    expect(() => nameOf('labdeploy', 'dev', 'x'.repeat(60), 'function')).toThrow('no function can be called x');
  });

  it.each([
    ['dev', 'dev'],
    ['Dev', `dev-${slug('Dev').slice(-6)}`],
    ['my.stack', `my-stack-${slug('my.stack').slice(-6)}`],
    ['my_stack', `my-stack-${slug('my_stack').slice(-6)}`],
    ['é', slug('é')],
  ])('take %s as %s', (stack, expected) => {
    expect(slug(stack)).toBe(expected);
    expect(slug(stack)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it.each([
    ['dev', /^labdeploy-dev-sign-in$/],
    ['aws-lab', /^labdeploy-lab-[0-9a-f]{6}-sign-in$/],
    ['drawsomething', /^labdeploy-dr-omething-[0-9a-f]{6}-sign-in$/],
    ['aawsws-amazoncognito', /^labdeploy-a-ws-[0-9a-f]{6}-sign-in$/],
  ])('of a sign-in domain hold none of the words that Cognito refuses: %s', (stack, expected) => {
    expect(nameOf('labdeploy', stack, 'sign-in', 'signInDomain')).toMatch(expected);
    expect(nameOf('labdeploy', stack, 'sign-in', 'queue')).toBe(`labdeploy-${stack}-sign-in`);
  });

  it('keep apart stacks whose names only differ in what no service takes', () => {
    expect(new Set(['my.stack', 'my_stack', 'my-stack', 'My-stack'].map(slug)).size).toBe(4);
  });

  it('of the whole world differ by account and region', () => {
    const ids = [
      accountRegionDigest('123456789012', 'eu-central-1'),
      accountRegionDigest('123456789012', 'us-east-1'),
      accountRegionDigest('210987654321', 'eu-central-1'),
    ];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}$/);
  });
});
