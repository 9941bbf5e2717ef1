/*
 * What a job of very many small images takes and costs on AWS, on paper: from parts that were measured or counted elsewhere,
 * each with its source, and assumptions that are named. `node bench/million.ts [FILES] [MEGAPIXELS]`.
 */
import { estimateCost, predictSeconds, usageOfFolder } from '../cli/deploy/cost/estimate.ts';
import { readConfig } from '../infra/config.ts';

const region = 'eu-central-1';
const files = Number(process.argv[2] ?? 1_000_000);
const megapixels = Number(process.argv[3] ?? 1);
const bytesAPixel = 2;

/** Functions of one account that run at once, as AWS gives them without being asked. Source: Lambda quotas. */
const functionsAtOnce = 1000;
/** Of them the images' share. Source: infra/concurrency.ts leaves the API a fifth. */
const imagesAtOnce = 0.8 * functionsAtOnce;

/** Source: tests/load/job-rates.test.ts, the slowest of a few runs, files a second and units a file in the model of DynamoDB's limits. */
const table = {
  new: { registered: 1016, ended: 1049 },
  busy: { registered: 2760, ended: 1377 },
  reads: 6.2,
  writes: 3.25,
  /** Two for the file and two for its entry in the index, as it is a transaction. */
  registeringWrites: 4.04,
};
/** Assumed: what predict waits for the requests of one image, which mostly follow each other. */
const storeSeconds = 17 * 0.015;
/** Requests of S3 a second below one prefix before it splits. Source: S3 user guide, Optimizing performance. */
const store = { writes: 3500, reads: 5500 };
/** Requests of one image. Source: cli/deploy/cost/estimate.ts, counted. */
const requests = { writes: 6, reads: 12 };

const config = readConfig({});
const megabytes = megapixels * bytesAPixel;
const seconds = predictSeconds(config, megabytes) + storeSeconds;
const usage = usageOfFolder({ files, megabytes, seconds }, config);
usage.tableReads = files * table.reads;
usage.tableWrites = files * (table.writes + table.registeringWrites);
const { usd, lines } = estimateCost(usage, region);

const minutes = (count: number, perSecond: number): number => count / perSecond / 60;
const steps: [what: string, minutes: number][] = [
  ['register, on a new table', minutes(files, table.new.registered)],
  ['register, on a table that was as busy before', minutes(files, table.busy.registered)],
  [`predict, ${imagesAtOnce} at a time, ${seconds.toFixed(2)} s each`, minutes(files, imagesAtOnce / seconds)],
  ['record how each ended, on a new table', minutes(files, table.new.ended)],
  ['record how each ended, on a table that was as busy before', minutes(files, table.busy.ended)],
  ['write to S3, before the prefix of the job is split', minutes(files * requests.writes, store.writes)],
  ['read from S3, before the prefix of the job is split', minutes(files * requests.reads, store.reads)],
];
const write = (line: string) => process.stdout.write(`${line}\n`);

write(`${files} images of ${megapixels} megapixels (${megabytes} MB), models/nuclei, ${config.memory} MB, ${region}`);
for (const [what, time] of steps) write(`${time.toFixed(1).padStart(8)} min  ${what}`);
write(`${usd.toFixed(2).padStart(8)} USD  together, of which`);
for (const line of lines.filter((each) => each.usd >= 0.005))
  write(`${line.usd.toFixed(2).padStart(8)} USD  ${line.what}`);
const work = lines.filter(({ item }) => !/storage|download|Storage|Backup/.test(item));
write(
  `${work
    .reduce((sum, each) => sum + each.usd, 0)
    .toFixed(2)
    .padStart(8)} USD  without keeping and downloading`,
);
