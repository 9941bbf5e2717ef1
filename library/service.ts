/* `import { Service } from 'labdeploy'`: the service and its parts, for a Pulumi program of one's own. */
export type { Stage } from '../functions/stages/stage.ts';
export { stages } from '../functions/stages/stages.ts';
export { buildArtifacts } from '../infra/build-artifacts.ts';
export { Api, ApiFront } from '../infra/components/api.ts';
export { Identity } from '../infra/components/identity.ts';
export { JobTable } from '../infra/components/job-table.ts';
export { Monitoring } from '../infra/components/monitoring.ts';
export { PrivateBucket } from '../infra/components/private-bucket.ts';
export { ScheduledStage } from '../infra/components/scheduled-stage.ts';
export { StageFunction } from '../infra/components/stage-function.ts';
export { StageWorker } from '../infra/components/stage-worker.ts';
export { Ui } from '../infra/components/ui.ts';
export { WorkQueue } from '../infra/components/work-queue.ts';
export { type Config, ConfigError, configFields, readConfig } from '../infra/config.ts';
export { currentAccount } from '../infra/current-account.ts';
export { Service, type ServiceArgs } from '../infra/service.ts';
export { type AccountRegion, type StackContext, stackContext } from '../infra/stack-context.ts';
