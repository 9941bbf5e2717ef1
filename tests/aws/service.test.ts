import { afterAll, beforeAll } from '@jest/globals';
import { type ContainersByHttps, containersByHttps } from '../support/containers-by-https.ts';
import { type HttpsFront, httpsFront } from '../support/https-front.ts';
import { describeWithService } from '../support/simulated-account/describe-with-service.ts';
import { access } from './service/access.ts';
import { archiving, archivingConfig, prepareBilling } from './service/archiving.ts';
import { buildConfig, builds } from './service/builds.ts';
import { changes } from './service/changes.ts';
import { failures } from './service/failures.ts';
import { folders } from './service/folders.ts';
import { gallery } from './service/gallery.ts';
import { institutionConfig, institutions } from './service/institutions.ts';
import { large } from './service/large.ts';
import { type Material, makeMaterial } from './service/material.ts';
import { models } from './service/models.ts';
import { noticeConfig, notices, prepareNotices } from './service/notices.ts';
import { page } from './service/page.ts';
import { people, peopleConfig, swapContainers } from './service/people.ts';
import { permissions } from './service/permissions.ts';
import { rescues } from './service/rescues.ts';

const machines = { large: 'cpu', largeImage: 'registry.lab.example/labdeploy:1' };
let containers: ContainersByHttps;
let globus: HttpsFront;
const config = async () => {
  containers = await containersByHttps(swapContainers);
  globus = await httpsFront(containers.certificate);
  process.env.NODE_EXTRA_CA_CERTS = containers.certificate.authority; // for the functions, which are processes of their own
  const own = { ...noticeConfig, ...institutionConfig(globus.url), ...archivingConfig, ...peopleConfig(containers) };
  return { ...own, ...buildConfig, ...machines, alarmEmail: 'lab@lab.example' };
};

await describeWithService('the service in a simulated account', config, (service) => {
  let material: Material;
  beforeAll(async () => {
    await prepareNotices(service());
    await prepareBilling(service());
    material = await makeMaterial();
  }, 120_000);
  afterAll(async () => {
    await material?.[Symbol.asyncDispose]();
    await globus?.[Symbol.asyncDispose]();
    await containers?.[Symbol.asyncDispose]();
  });

  folders(service, () => material);
  models(service, () => material);
  builds(service, () => material);
  failures(service, () => material);
  rescues(service, () => material);
  access(service, () => material);
  gallery(service, () => material);
  people(service, () => containers);
  large(service, () => material);
  page(service, () => material);
  notices(service, () => material);
  archiving(service, () => material);
  institutions(service, () => globus);
  permissions(service);
  changes(service);
});
