// Carries out one operation on a stack, told as JSON on standard input, and says what came of it as JSON on standard output.
import { text } from 'node:stream/consumers';
import { LocalWorkspace, PulumiCommand, type PulumiFn } from '@pulumi/pulumi/automation/index.js';
import type { Change, Deployed, DeployRequest } from '../simulated-account/deploy.ts';

const request = JSON.parse(await text(process.stdin)) as DeployRequest;
const { program } = (await import(request.program)) as { program: PulumiFn };
const stack = await LocalWorkspace.createOrSelectStack(
  { projectName: request.project, stackName: request.stack, program },
  { pulumiCommand: await PulumiCommand.get({ root: request.engine }) },
);
await stack.setAllConfig(
  Object.fromEntries(Object.entries(request.config).map(([key, value]) => [key, { value: String(value) }])),
);

const changes: Change[] = [];
const errors: string[] = [];
const settings = {
  onEvent({
    resourcePreEvent,
    diagnosticEvent,
    policyEvent,
  }: Parameters<NonNullable<Parameters<typeof stack.up>[0]>['onEvent'] & {}>[0]) {
    if (diagnosticEvent?.severity === 'error') errors.push(diagnosticEvent.message);
    if (policyEvent !== undefined) errors.push(`${policyEvent.policyName}: ${policyEvent.message}`);
    const metadata = resourcePreEvent?.metadata;
    if (metadata === undefined || metadata.type.startsWith('pulumi:')) return;
    const name = metadata.urn.split('::').at(-1)!;
    const properties = Object.keys(metadata.detailedDiff ?? {});
    if (properties.length === 0) properties.push(...(metadata.diffs ?? []));
    changes.push({ type: metadata.type, name, operation: metadata.op, properties });
  },
};
const checked = { ...settings, ...(request.policyPack !== undefined && { policyPacks: [request.policyPack] }) };
const deployed = async (): Promise<Deployed> => {
  if (request.operation === 'preview') await stack.preview(checked);
  if (request.operation === 'refresh') await stack.refresh(settings);
  if (request.operation === 'destroy') await stack.destroy(settings);
  const outputs = request.operation === 'up' ? (await stack.up(checked)).outputs : {};
  return { changes, outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])) };
};
try {
  process.stdout.write(JSON.stringify(await deployed()));
} catch (error) {
  console.error(errors.length > 0 ? errors.join('\n') : error);
  process.exitCode = 1;
}
