import { Command, InvalidArgumentError, Option } from 'commander';
import { capitalised } from '../../functions/core/text.ts';
import type { AddOptions } from '../actions/model-registry.ts';
import type { ScoreOptions } from '../actions/model-score.ts';
import { type ModelSource, modelSources } from '../actions/model-sources.ts';
import type { CommandContext } from '../context.ts';
import type { StackOptions } from '../deploy/stack.ts';
import { diameterPx } from './numbers.ts';
import { serviceUrl } from './service-url.ts';

const checkCommand = (context: CommandContext) =>
  new Command('check')
    .summary("run a model's own test input")
    .description(
      'Loads a BioImage.IO package, runs its test tensors and prints the largest difference from the expected output. With --url a service does so with a version that it has.',
    )
    .argument('<model>', 'a package (folder or zip), the name of a shipped model, or a version of the service')
    .option('-u, --url <url>', 'address of a service that checks one of its versions again', serviceUrl)
    .addHelpText(
      'after',
      '\nExamples:\n  labdeploy model check my-model/\n  labdeploy model check 7f3c2a10… --url https://segment.example.org',
    )
    .action(async (model: string, { url }: { url?: string }) => {
      if (url !== undefined) return (await registryActions()).checkAgain(model, { url }, context);
      const { checkModelAction } = await import('../actions/model-check.ts');
      await checkModelAction(model, context);
    });

const listCommand = (context: CommandContext) =>
  new Command('list')
    .summary('list the shipped models and those of a folder')
    .option('--models <folder>', 'a folder of model packages')
    .addHelpText('after', '\nExample:\n  labdeploy model list --models ~/models')
    .action(async (options: { models?: string }) => {
      const { listModelsAction } = await import('../actions/model-list.ts');
      await listModelsAction(options, context);
    });

const newCommand = (context: CommandContext) =>
  new Command('new')
    .summary('begin a package of your own model')
    .description(
      'Writes a folder. From stardist or cellpose: a script that exports a trained network as a model package, the Python packages that it needs, a template of the description, and how to go on. From scikit-image: a package that runs as it is, whose model is a function in Python, with a Dockerfile. From cellpose-sam and stardist-container: the same for Cellpose 4, which is no ONNX, and for StarDist itself. From dockerfile: a package around a program of any language that has a Dockerfile.',
    )
    .argument('<folder>', 'the folder to make')
    .addOption(
      new Option('--from <kind>', 'what the network was trained with, or what the model is written with')
        .choices(modelSources)
        .makeOptionMandatory(),
    )
    .addHelpText('after', '\nExample:\n  labdeploy model new my-model/ --from stardist')
    .action(async (folder: string, { from }: { from: ModelSource }) => {
      const { newModelAction } = await import('../actions/model-new.ts');
      await newModelAction(folder, from, context);
    });

const buildCommand = (context: CommandContext) =>
  new Command('build')
    .summary('build the image of a package that has a Dockerfile')
    .description(
      'Builds by podman, docker or buildah, whichever answers, and notes the id of the image in the package, which runs it from then on. With --stack a deployment whose setting containers is true builds the Dockerfile of the folder in its account, and keeps the image there. What was built of the same files is not built again.',
    )
    .argument('<folder>', 'a package whose config.labdeploy.container names a Dockerfile')
    .option('-s, --stack <name>', 'the deployment that builds it')
    .option('--region <region>', "its AWS region (default: AWS_REGION, else the profile's)")
    .addHelpText(
      'after',
      '\nExamples:\n  labdeploy model build my-model/\n  labdeploy model build my-model/ --stack dev',
    )
    .action(async (folder: string, { stack, ...options }: Partial<StackOptions>) => {
      if (stack !== undefined) {
        const { buildModelInStack } = await import('../actions/model-build-stack.ts');
        return buildModelInStack(folder, { stack, ...options }, context);
      }
      const { buildModelAction } = await import('../actions/model-build.ts');
      await buildModelAction(folder, context);
    });

const scoreCommand = (context: CommandContext) =>
  new Command('score')
    .summary('is this model good on my images?')
    .description(
      'Predicts labelled images and prints precision, recall, F1 and AP (hits over hits, misses and false objects) at IoU 0.5 to 0.9 for each file.',
    )
    .argument('<model>', 'a package (folder or zip), or the name of a shipped model')
    .requiredOption('--images <folder>', 'TIFF images')
    .requiredOption(
      '--labels <folder>',
      'label images: NAME.tif, NAME-labels.tif or NAME_labels.tif for the image NAME.tif',
    )
    .option('-c, --channel <channel>', 'channel to predict, by number from 0 or by name')
    .option('-d, --diameter <px>', 'median diameter of the objects, in pixels of the images', diameterPx)
    .addHelpText('after', '\nExample:\n  labdeploy model score nuclei --images images/ --labels labels/')
    .action(async (model: string, options: ScoreOptions) => {
      const { scoreModelAction } = await import('../actions/model-score.ts');
      await scoreModelAction(model, options, context);
    });

const registryActions = () => import('../actions/model-registry.ts');

const onService = (name: string, summary: string, example: string) =>
  new Command(name)
    .summary(summary)
    .description(`${capitalised(summary)}.`)
    .requiredOption('-u, --url <url>', 'address of the service', serviceUrl)
    .addHelpText('after', `\nExample:\n  labdeploy model ${example} --url https://segment.example.org`);

const versionHelp = 'its id, or its name and number (nuclei@3), as model status shows them';

/** `f1@0.5=0.81`, repeatable. */
function score(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, name, value] = /^(.+)=(-?[\d.]+)$/.exec(text) ?? [];
  if (name === undefined || Number.isNaN(Number(value)))
    throw new InvalidArgumentError('write a name and a number: f1@0.5=0.81');
  return { ...before, [name]: Number(value) };
}

const addCommand = (context: CommandContext) =>
  onService('add', 'send a package to a service, which checks it', 'add my-model/ --offer')
    .argument('<package>', 'a BioImage.IO package: folder or zip')
    .option('--offer', 'new jobs use it as soon as its check has passed')
    .option('--parent <version>', `the version that it was made from: ${versionHelp}`)
    .option('--score <name=number>', 'a score of it, shown beside it; may be repeated', score)
    .option('--no-wait', 'do not wait for its check: see model status')
    .action(async (path: string, options: AddOptions) => (await registryActions()).addModel(path, options, context));

const statusCommand = (context: CommandContext) =>
  onService('status', 'list the versions of models that a service has, or show one', 'status nuclei@3')
    .argument('[version]', versionHelp)
    .action(async (version: string | undefined, options: { url: string }) =>
      (await registryActions()).showVersions(version, options, context),
    );

const offerCommand = (context: CommandContext) =>
  onService('offer', 'let new jobs use a version that is ready and newer than the one they use now', 'offer nuclei@3')
    .argument('<version>', versionHelp)
    .action(async (version: string, options: { url: string }) =>
      (await registryActions()).offerVersion(version, options, context),
    );

const retireCommand = (context: CommandContext) =>
  onService('retire', 'let no new job use a version; jobs that use it keep it', 'retire nuclei@2')
    .argument('<version>', versionHelp)
    .action(async (version: string, options: { url: string }) =>
      (await registryActions()).retireVersion(version, options, context),
    );

export const modelCommand = (context: CommandContext) =>
  new Command('model')
    .summary('begin, build, check, list and score models, and those of a service: add, offer and retire')
    .addCommand(checkCommand(context))
    .addCommand(buildCommand(context))
    .addCommand(listCommand(context))
    .addCommand(newCommand(context))
    .addCommand(scoreCommand(context))
    .addCommand(addCommand(context))
    .addCommand(statusCommand(context))
    .addCommand(offerCommand(context))
    .addCommand(retireCommand(context));
