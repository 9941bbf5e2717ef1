import type { Benchmark, Row } from './benchmark.ts';
import { api } from './rows/api.ts';
import { archive, upgrades } from './rows/archive.ts';
import { channelCosts } from './rows/channels.ts';
import { copies } from './rows/copies.ts';
import { corrections } from './rows/corrections.ts';
import { cost } from './rows/cost.ts';
import { deploy } from './rows/deploy.ts';
import { functions } from './rows/functions.ts';
import { gallery } from './rows/gallery.ts';
import { help } from './rows/help.ts';
import { inference } from './rows/inference.ts';
import { instanceMethods } from './rows/instances.ts';
import { load } from './rows/load.ts';
import { memory } from './rows/memory.ts';
import { orchestration } from './rows/orchestration.ts';
import { page } from './rows/page.ts';
import { pipeline } from './rows/pipeline.ts';
import { processorTime } from './rows/processor.ts';
import { tiffDecode } from './rows/tiff-decode.ts';
import { tiffPages } from './rows/tiff-pages.ts';
import { unzip } from './rows/unzip.ts';
import { viewer } from './rows/viewer.ts';
import { zip } from './rows/zip.ts';

/** Everything that `npm run bench` measures, in the order of the table. */
export const benchmarks: readonly Benchmark[] = [
  tiffDecode,
  tiffPages,
  pipeline,
  processorTime,
  channelCosts,
  ...inference,
  ...instanceMethods,
  unzip,
  zip,
  copies,
  archive,
  upgrades,
  cost,
  orchestration,
  memory,
  functions,
  api,
  load,
  page,
  viewer,
  corrections,
  gallery,
  deploy,
  help,
];

export const allRows: readonly Row[] = benchmarks.flatMap(({ rows }) => rows);
