import { attribute, type OnnxNode, type OnnxTensor } from './onnx-message.ts';

/** Standard deviations of the Gaussian filters, px. */
const sigmas = [1, 2, 4, 8] as const;
const perSigma = ['Gaussian', 'gradient', 'largest curvature', 'smallest curvature'] as const;

/** Names of the features, in order. */
export const featureNames: readonly string[] = [
  'value',
  ...sigmas.flatMap((sigma) => perSigma.map((name) => `${name} ${sigma}`)),
];

/** A Gaussian is cut off at so many standard deviations. */
const cut = 4;
/** Pixels around one that its features depend on: the widest Gaussian, and one for the derivatives. */
export const reach = cut * Math.max(...sigmas) + 1;

/**
 * The nodes that make `featureNames` of a plane `raw` (b, 1, y, x) as `features` (b, number of features, y, x): the value, and at
 * each sigma the Gaussian, the length of its gradient (central differences) and the eigenvalues of its Hessian. Beyond the
 * edge the nearest pixel counts.
 */
export function filterGraph(): { nodes: OnnxNode[]; tensors: OnnxTensor[] } {
  const tensors: OnnxTensor[] = [
    kernel('along y', [3, 3], [0, -0.5, 0, 0, 0, 0, 0, 0.5, 0]),
    kernel('along x', [3, 3], [0, 0, 0, -0.5, 0, 0.5, 0, 0, 0]),
    kernel('twice along y', [3, 3], [0, 1, 0, 0, -2, 0, 0, 1, 0]),
    kernel('twice along x', [3, 3], [0, 0, 0, 1, -2, 1, 0, 0, 0]),
    kernel('along both', [3, 3], [0.25, 0, -0.25, 0, 0, 0, -0.25, 0, 0.25]),
    { name: 'half', dims: [], data: Float32Array.of(0.5) },
    padding('around', 1, 1),
  ];
  const nodes: OnnxNode[] = [];
  const made = ['raw'];
  for (const sigma of sigmas) {
    const half = gaussianKernel(sigma);
    const [y, x, pad] = [`gaussian ${sigma} y`, `gaussian ${sigma} x`, `around ${sigma}`];
    const radius = (half.length - 1) / 2;
    tensors.push(kernel(y, [half.length, 1], half), kernel(x, [1, half.length], half), padding(pad, radius, radius));
    made.push(...sigmaNodes(nodes, `s${sigma}`, { y, x, pad }));
  }
  nodes.push({ op: 'Concat', inputs: made, outputs: ['features'], attributes: [attribute('axis', 1)] });
  return { nodes, tensors };
}

/** Appends the nodes of one sigma; returns the names of its features. */
function sigmaNodes(nodes: OnnxNode[], prefix: string, { y, x, pad }: { y: string; x: string; pad: string }): string[] {
  const name = (part: string) => `${prefix} ${part}`;
  const add = (op: string, inputs: readonly string[], part: string): string => {
    const attributes = op === 'Pad' ? [attribute('mode', 'edge')] : [];
    nodes.push({ op, inputs, outputs: [name(part)], attributes });
    return name(part);
  };
  const gaussian = add('Conv', [add('Conv', [add('Pad', ['raw', pad], 'padded'), y], 'rows'), x], 'gaussian');
  const edged = add('Pad', [gaussian, 'around'], 'edged');
  const derivative = (part: string, weights: string): string => add('Conv', [edged, weights], part);
  const [dy, dx] = [derivative('dy', 'along y'), derivative('dx', 'along x')];
  const [dyy, dxx] = [derivative('dyy', 'twice along y'), derivative('dxx', 'twice along x')];
  const dxy = derivative('dxy', 'along both');
  const square = (of: string) => add('Mul', [of, of], `${of} squared`);
  const gradient = add('Sqrt', [add('Add', [square(dy), square(dx)], 'gradient squared')], 'gradient');
  const middle = add('Mul', [add('Add', [dyy, dxx], 'trace'), 'half'], 'middle');
  const apart = add('Mul', [add('Sub', [dyy, dxx], 'difference'), 'half'], 'apart');
  const root = add('Sqrt', [add('Add', [square(apart), square(dxy)], 'root squared')], 'root');
  return [gaussian, gradient, add('Add', [middle, root], 'largest'), add('Sub', [middle, root], 'smallest')];
}

/** Weights of a convolution (1, 1, rows, columns). */
const kernel = (name: string, [rows, columns]: readonly [number, number], values: readonly number[]): OnnxTensor => ({
  name,
  dims: [1, 1, rows, columns],
  data: Float32Array.from(values),
});

/** Pixels before and behind along y and x. */
const padding = (name: string, y: number, x: number): OnnxTensor => ({
  name,
  dims: [8],
  data: BigInt64Array.from([0, 0, y, x, 0, 0, y, x].map(BigInt)),
});

function gaussianKernel(sigma: number): number[] {
  const radius = cut * sigma;
  const values = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}
