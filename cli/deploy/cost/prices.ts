/** What AWS bills, and by which unit. GB are of 1e9 bytes here; AWS's own are 7 % larger, so a bill is a little lower. */
export const units = {
  computeX64: 'GB s',
  computeArm64: 'GB s',
  invocations: 'invocations',
  storage: 'GB months',
  writes: 'requests',
  reads: 'requests',
  download: 'GB',
  messages: 'requests',
  tableReads: 'units',
  tableWrites: 'units',
  tableStorage: 'GB months',
  tableBackup: 'GB months',
  api: 'requests',
  logs: 'GB',
  dashboards: 'dashboards',
  alarms: 'alarms',
  schedules: 'invocations',
  machines: 'USD',
  builds: 'minutes',
} as const;
export type Item = keyof typeof units;

/** US dollars a unit. */
export type Prices = Readonly<Record<Item, number>>;

const million = 1e-6;
const thousand = 1e-3;

const virginia: Prices = {
  computeX64: 0.0000166667,
  computeArm64: 0.0000133334,
  invocations: 0.2 * million,
  storage: 0.023,
  writes: 0.005 * thousand,
  reads: 0.0004 * thousand,
  download: 0.09,
  messages: 0.4 * million,
  tableReads: 0.125 * million,
  tableWrites: 0.625 * million,
  tableStorage: 0.25,
  tableBackup: 0.2,
  api: 1 * million,
  logs: 0.5,
  dashboards: 3,
  alarms: 0.1,
  schedules: 1 * million,
  machines: 1, // their own log says dollars, by infra/machine-prices
  builds: 0.005, // of general1.small
};

/** DynamoDB's and the HTTP API's prices in Frankfurt lie so much above those of Virginia: an estimate, see `estimated`. */
const frankfurtOverVirginia = 1.22;

/**
 * AWS's list prices without tax, of the first tier, as its pages gave them on this day. Free tiers are not subtracted: an
 * account has them once, whatever else it runs.
 */
export const priceTable = {
  date: '2026-11-21',
  regions: {
    'us-east-1': virginia,
    'eu-central-1': {
      ...virginia,
      storage: 0.0245,
      writes: 0.0054 * thousand,
      reads: 0.00043 * thousand,
      tableReads: virginia.tableReads * frankfurtOverVirginia,
      tableWrites: virginia.tableWrites * frankfurtOverVirginia,
      tableStorage: virginia.tableStorage * frankfurtOverVirginia,
      tableBackup: virginia.tableBackup * frankfurtOverVirginia,
      api: virginia.api * frankfurtOverVirginia,
      logs: 0.63,
    },
  } as Readonly<Record<string, Prices>>,
  /** No page with these prices of the region was at hand. */
  estimated: {
    'eu-central-1': ['tableReads', 'tableWrites', 'tableStorage', 'tableBackup', 'api', 'builds'],
  } as Readonly<Record<string, readonly Item[]>>,
  /** Of prices in regions that the table does not have: of its dearer one. */
  otherwise: 'eu-central-1',
} as const;

/** What each is, where its price is from, and what every account has free each month, for as long as it is there. */
export const items: Readonly<Record<Item, { what: string; page: string; free?: string }>> = {
  computeX64: { what: 'Lambda, x64', page: 'aws.amazon.com/lambda/pricing', free: '400,000 GB s' },
  computeArm64: { what: 'Lambda, arm64', page: 'aws.amazon.com/lambda/pricing', free: '400,000 GB s' },
  invocations: { what: 'Lambda, invocations', page: 'aws.amazon.com/lambda/pricing', free: '1 million' },
  storage: { what: 'S3, storage', page: 'aws.amazon.com/s3/pricing' },
  writes: { what: 'S3, PUT, COPY and LIST', page: 'aws.amazon.com/s3/pricing' },
  reads: { what: 'S3, GET and HEAD', page: 'aws.amazon.com/s3/pricing' },
  download: { what: 'S3, download to the internet', page: 'aws.amazon.com/s3/pricing', free: '100 GB' },
  messages: { what: 'SQS', page: 'aws.amazon.com/sqs/pricing', free: '1 million' },
  tableReads: { what: 'DynamoDB, reads', page: 'aws.amazon.com/dynamodb/pricing/on-demand' },
  tableWrites: { what: 'DynamoDB, writes', page: 'aws.amazon.com/dynamodb/pricing/on-demand' },
  tableStorage: { what: 'DynamoDB, storage', page: 'aws.amazon.com/dynamodb/pricing/on-demand', free: '25 GB' },
  tableBackup: { what: 'DynamoDB, continuous backup', page: 'aws.amazon.com/dynamodb/pricing/on-demand' },
  api: { what: 'API Gateway, HTTP API', page: 'aws.amazon.com/api-gateway/pricing' },
  logs: { what: 'CloudWatch, logs', page: 'aws.amazon.com/cloudwatch/pricing', free: '5 GB' },
  dashboards: { what: 'CloudWatch, dashboard', page: 'aws.amazon.com/cloudwatch/pricing', free: '3' },
  alarms: { what: 'CloudWatch, alarms', page: 'aws.amazon.com/cloudwatch/pricing', free: '10' },
  schedules: { what: 'EventBridge, schedule', page: 'aws.amazon.com/eventbridge/pricing', free: '14 million' },
  machines: {
    what: "Fargate, machines for large images, without Spot's discount",
    page: 'aws.amazon.com/fargate/pricing',
  },
  builds: { what: 'CodeBuild, images of models', page: 'aws.amazon.com/codebuild/pricing', free: '100 minutes' },
};

/** `of`: the region whose prices they are; another one where the table does not have `region`. */
export function pricesIn(region: string): { of: string; prices: Prices; estimated: readonly Item[] } {
  const of = priceTable.regions[region] === undefined ? priceTable.otherwise : region;
  return { of, prices: priceTable.regions[of]!, estimated: priceTable.estimated[of] ?? [] };
}
