import { describe, expect, it } from '@jest/globals';
import { ConfigError, configKeys, readConfig } from '../../infra/config.ts';

const mistakes = (values: Record<string, string>): readonly string[] => {
  try {
    readConfig(values);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
};
const plan = {
  jobsAtOnce: 1,
  jobsPerDay: 2,
  filesPerJob: 3,
  bytesPerFile: 4,
  bytesPerArchive: 5,
  bytesPerDay: 6,
  rate: { perSecond: 0.5, burst: 7 },
};

describe('the configuration of a stack', () => {
  it('is good without any setting', () => {
    expect(readConfig({})).toMatchObject({
      baseName: 'labdeploy',
      model: 'nuclei',
      retentionDays: 30,
      inputDays: 10,
      dashboard: false,
      signUp: 'invite',
      secondFactor: 'optional',
      monthlyBudget: 50,
      memory: 3008,
      architecture: 'x64',
      maximumConcurrency: 20,
      protectData: false,
      publicLinks: false,
      logRetentionDays: 30,
      tracing: false,
    });
    expect(Object.keys(readConfig({}).plans)).toEqual(['standard', 'large']);
  });

  it('reads texts as they are, and JSON for all else', () => {
    expect(
      readConfig({
        model: '007',
        retentionDays: '7',
        protectData: 'true',
        signUp: 'domains',
        allowedDomains: '["Lab.Example"]',
        plans: JSON.stringify({ standard: plan }),
        monthlyBudget: '12.5',
      }),
    ).toMatchObject({
      model: '007',
      retentionDays: 7,
      protectData: true,
      signUp: 'domains',
      allowedDomains: ['lab.example'],
      plans: { standard: plan },
      monthlyBudget: 12.5,
    });
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      'a wrong type',
      { retentionDays: 'soon' },
      ['labdeploy:retentionDays: Invalid input: expected number, received string'],
    ],
    ['too little', { retentionDays: '0' }, ['labdeploy:retentionDays: Too small: expected number to be >=1']],
    ['too much', { memory: '10241' }, ['labdeploy:memory: Too big: expected number to be <=10240']],
    [
      'a word that is none',
      { signUp: 'all' },
      ['labdeploy:signUp: Invalid option: expected one of "invite"|"domains"|"open"'],
    ],
    ['a bad address', { alarmEmail: 'lab' }, ['labdeploy:alarmEmail: not an e-mail address']],
    [
      'a bad domain',
      { signUp: 'domains', allowedDomains: '["lab"]' },
      ['labdeploy:allowedDomains.0: not a domain, as in lab.example'],
    ],
    ['domains that are missing', { signUp: 'domains' }, ['labdeploy:allowedDomains: missing: signUp is domains']],
    [
      'an institution that Cognito cannot sign in with',
      {
        signInWith:
          '[{"name":"Google","issuer":"http://localhost:1","clientId":"a","addressClaim":"preferred_username","allowedDomains":["a.example"],"signOutUrl":"https://a.example"}]',
      },
      [
        'labdeploy:signInWith.0.name: Cognito keeps this name for itself: add a word to it',
        'labdeploy:signInWith.0.issuer: on AWS https:// only',
        'labdeploy:signInWith.0.signOutUrl: not on AWS: Cognito has no page that could lead there',
      ],
    ],
    [
      'an institution without a client',
      { signInWith: '[{"name":"Uni","issuer":"https://a.example"}]' },
      ['labdeploy:signInWith.0.clientId: Invalid input: expected string, received undefined'],
    ],
    [
      'domains without use',
      { allowedDomains: '["lab.example"]' },
      ['labdeploy:allowedDomains: given, but signUp is invite'],
    ],
    [
      'a plan without limits',
      { plans: '{"standard":{}}' },
      [...Object.keys(plan)].map(
        (key) =>
          `labdeploy:plans.standard.${key}: Invalid input: expected ${key === 'rate' ? 'object' : 'number'}, received undefined`,
      ),
    ],
    [
      'no standard plan',
      { plans: JSON.stringify({ large: plan }) },
      ['labdeploy:plans.standard: Invalid input: expected object, received undefined'],
    ],
    [
      'a name that is no plan',
      { plans: JSON.stringify({ standard: plan, 'Très large': plan }) },
      ['labdeploy:plans.Très large: lower case letters, digits and dashes, at most 32'],
    ],
    [
      'more plans than a function can be told of',
      { plans: JSON.stringify(Object.fromEntries(['standard', ...'abcdefgh'].map((name) => [name, plan]))) },
      ['labdeploy:plans: at most 8'],
    ],
    [
      'a log that CloudWatch cannot keep so long',
      { logRetentionDays: '8' },
      ['labdeploy:logRetentionDays: one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731'],
    ],
    [
      'a page that is no origin',
      { origins: '["http://page.example"]' },
      ['labdeploy:origins.0: not an origin, as https://page.example'],
    ],
    [
      'a boundary that is no policy',
      { permissionsBoundary: 'labdeploy-boundary' },
      ['labdeploy:permissionsBoundary: not the ARN of a policy'],
    ],
    [
      'a topic that no role reaches',
      { noticeTopic: 'arn:aws:sns:eu-central-1:123456789012:alerts' },
      ['labdeploy:noticeTopic: its name must start with labdeploy-: roles reach no other'],
    ],
    [
      'several at once',
      { memory: '1', architecture: 'mips' },
      [
        'labdeploy:memory: Too small: expected number to be >=1024',
        'labdeploy:architecture: Invalid option: expected one of "x64"|"arm64"',
      ],
    ],
  ])('refuses %s, naming the key', (_, values, expected) => {
    expect(mistakes(values)).toEqual(expected);
  });

  it('refuses a key that there is not, and lists those that there are', () => {
    expect(mistakes({ retention: '7' })).toEqual([
      `labdeploy:retention: no such setting; there are ${configKeys.join(', ')}`,
    ]);
  });
});
