/**
 * The description of a container that is known by its address alone: it gets the samples of one channel as they are, as
 * float32, and gives labels (docs/containers.md). Other channels, preprocessing or maps need a package of their own.
 */
export const urlDescription = (url: string): string => JSON.stringify(descriptionOf(url), undefined, 1); // JSON is YAML

function descriptionOf(url: string) {
  const space = (id: string, size: object) => ({ type: 'space', id, size });
  const axes = (channel: string, y: object, x: object) => [
    { type: 'batch' },
    { type: 'channel', channel_names: [channel] },
    space('y', y),
    space('x', x),
  ];
  const any = { min: 1, step: 1 };
  const same = (axis_id: string) => ({ tensor_id: 'raw', axis_id });
  return {
    format_version: '0.5.4',
    type: 'model',
    name: `container at ${new URL(url).host}`,
    version: '0.0.0',
    description: 'A container that is known by its address.',
    inputs: [{ id: 'raw', axes: axes('channel', any, any), data: { type: 'float32' } }],
    outputs: [{ id: 'labels', axes: axes('labels', same('y'), same('x')), data: { type: 'float32' } }],
    weights: {},
    config: { labdeploy: { container: { url }, instances: { method: 'labels' } } },
  };
}
