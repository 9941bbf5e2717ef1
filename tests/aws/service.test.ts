import { afterAll, beforeAll } from '@jest/globals';
import { describeWithService } from '../support/simulated-account/describe-with-service.ts';
import { access } from './service/access.ts';
import { failures } from './service/failures.ts';
import { folders } from './service/folders.ts';
import { type Material, makeMaterial } from './service/material.ts';

const config = { mailFrom: 'jobs@lab.example', alarmEmail: 'lab@lab.example' };

await describeWithService('the service in a simulated account', config, (service) => {
  let material: Material;
  beforeAll(async () => {
    material = await makeMaterial();
  }, 120_000);
  afterAll(async () => {
    await material[Symbol.asyncDispose]();
  });

  folders(service, () => material);
  failures(service, () => material);
  access(service, () => material);
});
