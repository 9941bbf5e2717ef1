import { expect, it } from '@jest/globals';
import { type EndingSooner, endingSooner } from '../../../cli/deploy/ending-sooner.ts';
import { events } from '../../../cli/io/events.ts';
import { defaultPlans } from '../../../functions/core/plans.ts';
import { readConfig } from '../../../infra/config.ts';

const { standard } = defaultPlans;
const signInWith = '[{"name":"Uni","issuer":"https://uni.example","clientId":"lab"}]';
const onePlan = { plans: JSON.stringify({ standard }) };

it.each<[string, Record<string, string>, Record<string, string>, EndingSooner | undefined]>([
  ['nothing that stays', {}, {}, undefined],
  ['nothing that is kept longer', {}, { retentionDays: '60', inputDays: '20' }, undefined],
  ['results', {}, { retentionDays: '20' }, { results: { before: 30, after: 20 } }],
  [
    'images that were sent, which never stay longer than results',
    {},
    { retentionDays: '7' },
    { results: { before: 30, after: 7 }, inputs: { before: 10, after: 7 } },
  ],
  ['images that were sent', {}, { inputDays: '3' }, { inputs: { before: 10, after: 3 } }],
  ['a plan that people may have', {}, onePlan, { plans: ['large'] }],
  ['no plan that archiving adds to', {}, { archiving: 'true' }, undefined],
  ['logs', {}, { logRetentionDays: '7' }, { logs: { before: 30, after: 7 } }],
  ['a way to sign in', { signInWith }, {}, { institutions: ['Uni'] }],
  ['the plans of an archive', { archiving: 'true' }, {}, { plans: ['free', 'premium'] }],
])('%s', (_, before, after, expected) => {
  expect(endingSooner(readConfig(before), readConfig(after))).toEqual(expected);
});

it('is said in words', () => {
  const sooner = { results: { before: 30, after: 7 }, plans: ['large'], institutions: ['Uni'] };
  expect(events['deploy.endsSooner'].text({ stack: 'dev', ...sooner })).toBe(
    'with these settings of dev results of more than 7 days ago go within a day or two (now 30 days); who has the plan large gets the plan standard; people cannot sign in with Uni any more',
  );
});
