import { expect, it } from '@jest/globals';
import { withActionWords } from '../../../cli/action-words.ts';

it.each([
  ['the action and the path', ['AI_ACTION=predict', 'PATH=images'], ['run', 'images']],
  ['them in the other order', ['PATH=day 1/a=b.tif', 'AI_ACTION=predict'], ['run', 'day 1/a=b.tif']],
  ['options after them', ['AI_ACTION=predict', 'PATH=a', 'b', '-o', 'c'], ['run', 'a', 'b', '-o', 'c']],
  ['no path, which run then misses', ['AI_ACTION=predict', '--json'], ['run', '--json']],
])('AI_ACTION=predict is labdeploy run: %s', (_, words, args) => expect(withActionWords(words)).toEqual(args));

it('AI_ACTION=train is labdeploy train', () => {
  const words = ['AI_ACTION=train', 'PATH=images', '--labels', 'labels', '-o', 'ours'];
  expect(withActionWords(words)).toEqual(['train', 'images', '--labels', 'labels', '-o', 'ours']);
});

it.each([
  ['another action', ['AI_ACTION=delete', 'PATH=images']],
  ['a name that every object has', ['AI_ACTION=constructor', 'PATH=images']],
  ['a path alone', ['PATH=images']],
  ['the words behind a command', ['inspect', 'AI_ACTION=predict']],
  ['no words', ['run', 'images']],
])('the arguments stay as they are with %s', (_, args) => expect(withActionWords(args)).toEqual(args));
