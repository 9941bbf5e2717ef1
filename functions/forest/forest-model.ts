import { featureNames, filterGraph } from './filter-graph.ts';
import { attribute, encodeModel, mlDomain, type OnnxNode, type OnnxTensor } from './onnx-message.ts';
import type { Tree } from './random-forest.ts';

const raw = { name: 'raw', dims: ['batch', 1, 'y', 'x'] };

/** A model whose maps are the features of each pixel. */
export function featureModel(): Buffer {
  const output = { name: 'features', dims: ['batch', featureNames.length, 'y', 'x'] };
  return encodeModel({ ...filterGraph(), input: raw, output });
}

/**
 * A model that gives maps of what the forest says of each pixel: for each row of `mixing` the sum of its shares of classes.
 * Operators: ai.onnx.ml TreeEnsembleRegressor of version 3, whose trees are added up.
 */
export function forestModel(trees: readonly Tree[], mixing: readonly (readonly number[])[]): Buffer {
  const { nodes, tensors } = filterGraph();
  const shape: OnnxTensor[] = [
    whole('rows', [-1, featureNames.length]),
    whole('first', [0]),
    whole('third', [3]),
    whole('maps count', [mixing.length]),
  ];
  const step = (op: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes'] = []) =>
    ({ op, inputs, outputs: [output], attributes }) satisfies OnnxNode;
  const after: OnnxNode[] = [
    step('Transpose', ['features'], 'by pixel', [attribute('perm', [0, 2, 3, 1])]),
    step('Reshape', ['by pixel', 'rows'], 'pixels'),
    { ...step('TreeEnsembleRegressor', ['pixels'], 'said', treeAttributes(trees, mixing)), domain: mlDomain },
    step('Shape', ['by pixel'], 'sizes'),
    step('Slice', ['sizes', 'first', 'third'], 'plane sizes'),
    step('Concat', ['plane sizes', 'maps count'], 'said sizes', [attribute('axis', 0)]),
    step('Reshape', ['said', 'said sizes'], 'said by pixel'),
    step('Transpose', ['said by pixel'], 'maps', [attribute('perm', [0, 3, 1, 2])]),
  ];
  const output = { name: 'maps', dims: ['batch', mixing.length, 'y', 'x'] };
  return encodeModel({ nodes: [...nodes, ...after], tensors: [...tensors, ...shape], input: raw, output });
}

const whole = (name: string, values: readonly number[]): OnnxTensor => ({
  name,
  dims: [values.length],
  data: BigInt64Array.from(values.map(BigInt)),
});

function treeAttributes(trees: readonly Tree[], mixing: readonly (readonly number[])[]) {
  const all = trees.flatMap((tree, treeId) => tree.map((node, id) => ({ ...node, treeId, id })));
  const leaves = all.filter(({ feature }) => feature < 0);
  const weights = leaves.flatMap(({ treeId, id, shares }) =>
    mixing.map((row, target) => {
      const sum = row.reduce((total, factor, c) => total + factor * shares[c]!, 0);
      return { treeId, id, target, weight: sum / trees.length };
    }),
  );
  return [
    attribute('n_targets', mixing.length),
    attribute(
      'nodes_treeids',
      all.map(({ treeId }) => treeId),
    ),
    attribute(
      'nodes_nodeids',
      all.map(({ id }) => id),
    ),
    attribute(
      'nodes_featureids',
      all.map(({ feature }) => Math.max(0, feature)),
    ),
    attribute(
      'nodes_values',
      Float32Array.from(all, ({ threshold }) => threshold),
    ),
    attribute(
      'nodes_modes',
      all.map(({ feature }) => (feature < 0 ? 'LEAF' : 'BRANCH_LEQ')),
    ),
    attribute(
      'nodes_truenodeids',
      all.map(({ left }) => left),
    ),
    attribute(
      'nodes_falsenodeids',
      all.map(({ right }) => right),
    ),
    attribute(
      'target_treeids',
      weights.map(({ treeId }) => treeId),
    ),
    attribute(
      'target_nodeids',
      weights.map(({ id }) => id),
    ),
    attribute(
      'target_ids',
      weights.map(({ target }) => target),
    ),
    attribute(
      'target_weights',
      Float32Array.from(weights, ({ weight }) => weight),
    ),
  ];
}
