/** Finds, among recorded calls of kernels, groups that one of our kernels does at once. */
import {
  _FusedMatMul,
  BatchMatMul,
  util,
  type KernelConfig,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Call, Read } from './recorded-call';
import type { KernelArguments } from './kernel';
import { isInt8 } from './int8-weights';
import { GATE, NORMALIZE } from './pointwise-kernels';

/** A kernel's name and what its operands are: what a call made, tensors that no call made, or calls. */
type Pattern = readonly [kernel: string, ...operands: Operand[]];
type Operand = 'input' | 'scalar' | 'weight' | Pattern;

interface Match {
  readonly inputs: readonly Read[];
  /** Scalars and weights, in the order of the pattern. */
  readonly constants: readonly TensorInfo[];
  /** The calls that match the pattern, the last of them first. */
  readonly calls: readonly Call[];
}

type ReadScalar = (tensor: TensorInfo) => number;

interface Fusion {
  /** Of our kernel. */
  readonly name: string;
  readonly pattern: Pattern;
  /** What our kernel is called with, or undefined if it cannot do this. */
  readonly prepare: (match: Match, readScalar: ReadScalar) => Partial<KernelArguments> | undefined;
}

/** Fuses what is computed from one input and from scalars, which are attributes by these names. */
function fusePointwise(name: string, pattern: Pattern, scalars: readonly string[]): Fusion {
  return {
    name,
    pattern,
    prepare({ inputs, constants }, readScalar) {
      const [read] = inputs;
      if (read?.info.dtype !== 'float32') return undefined;
      if (inputs.some(({ slot }) => slot !== read.slot)) return undefined;
      const attrs = constants.map((scalar, i) => [scalars[i], readScalar(scalar)] as const);
      return { inputs: { x: read.info }, attrs: Object.fromEntries(attrs) as NamedAttrMap };
    },
  };
}

/** Lets a product with weights of eight bits do the scaling of its columns that follows. */
function fuseScales(product: string, ...vectors: 'weight'[]): Fusion {
  return {
    name: product,
    pattern: ['Multiply', [product, 'input', 'weight', ...vectors], 'weight'],
    prepare({ inputs, constants, calls }) {
      const [b, scales] = [constants.at(0), constants.at(-1)];
      const [a, attrs] = [inputs[0]?.info, calls[1]?.args.attrs];
      if (!a || !b || !attrs || !isInt8(b.dataId)) return undefined;
      if (scales?.shape.length !== 1 || scales.shape[0] !== b.shape.at(-1)) return undefined;
      if (attrs['transposeA'] || attrs['transposeB']) return undefined;
      if ((attrs['activation'] ?? 'linear') !== 'linear') return undefined;
      const bias = constants.length > 2 ? { bias: constants[1] } : {};
      return { inputs: { a, b, ...bias, scales }, attrs };
    },
  };
}

const FUSIONS: readonly Fusion[] = [
  fusePointwise(
    NORMALIZE,
    ['Multiply', 'input', ['Rsqrt', ['Add', ['Mean', ['Square', 'input']], 'scalar']]],
    ['epsilon'],
  ),
  fusePointwise(
    GATE,
    [
      'Multiply',
      'input',
      [
        'Sigmoid',
        ['Multiply', 'input', ['Add', ['Multiply', ['Square', 'input'], 'scalar'], 'scalar']],
      ],
    ],
    ['cubic', 'linear'],
  ),
  fuseScales(BatchMatMul),
  fuseScales(_FusedMatMul, 'weight'),
];

const COMMUTATIVE: ReadonlySet<string> = new Set(['Add', 'Multiply']);

const NOTHING: Match = { inputs: [], constants: [], calls: [] };

/**
 * The calls, with ours in place of those whose work they do, if our kernels are installed.
 *
 * @param output The slot that is read after all calls.
 * @param kernels The backend's kernels.
 * @param readScalar Reads the number in a tensor that is not the output of a call.
 */
export function fuse(
  calls: readonly Call[],
  output: number,
  kernels: readonly KernelConfig[],
  readScalar: ReadScalar,
): Call[] {
  const matcher = new Matcher(calls, output);
  const fused = new Map<Call, Call>();
  const inner = new Set<Call>();
  for (const call of calls) {
    for (const { name, pattern, prepare } of FUSIONS) {
      const kernel = kernels.find(({ kernelName }) => kernelName === name)?.kernelFunc;
      const match = kernel && matcher.match(pattern, call);
      const args = match && prepare(match, readScalar);
      if (!args) continue;
      const reads = match.inputs.slice(0, 1);
      fused.set(call, { ...call, name, kernel, args: { ...call.args, ...args }, reads });
      for (const each of match.calls) inner.add(each);
    }
  }
  return calls.filter((call) => fused.has(call) || !inner.has(call)).map((c) => fused.get(c) ?? c);
}

class Matcher {
  private readonly makers: ReadonlyMap<number, Call>;
  private readonly readers = new Map<number, number>();

  constructor(calls: readonly Call[], output: number) {
    this.makers = new Map(calls.map((call) => [call.slot, call]));
    const slots = calls.flatMap(({ reads }) => reads.map(({ slot }) => slot));
    for (const slot of [...slots, output]) {
      this.readers.set(slot, (this.readers.get(slot) ?? 0) + 1);
    }
  }

  match([kernel, ...operands]: Pattern, call: Call): Match | undefined {
    if (call.name !== kernel || (kernel === 'Mean' && !isOfRows(call))) return undefined;
    const tensors = Object.values(call.args.inputs).filter((tensor) => tensor !== undefined);
    if (tensors.length !== operands.length) return undefined;
    let match = this.matchAll(operands, tensors, call);
    if (COMMUTATIVE.has(kernel)) match ??= this.matchAll(operands, tensors.toReversed(), call);
    return match && { ...match, calls: [call, ...match.calls] };
  }

  private matchAll(
    operands: readonly Operand[],
    tensors: readonly TensorInfo[],
    call: Call,
  ): Match | undefined {
    let all = NOTHING;
    for (const [i, operand] of operands.entries()) {
      const tensor = tensors[i];
      const match = tensor && this.matchOperand(operand, tensor, call);
      if (!match) return undefined;
      all = {
        inputs: [...all.inputs, ...match.inputs],
        constants: [...all.constants, ...match.constants],
        calls: [...all.calls, ...match.calls],
      };
    }
    return all;
  }

  private matchOperand(operand: Operand, tensor: TensorInfo, { reads }: Call): Match | undefined {
    const read = reads.find(({ info }) => info === tensor);
    if (operand === 'scalar' || operand === 'weight') {
      if (read || (operand === 'scalar') !== (tensor.shape.length === 0)) return undefined;
      return { ...NOTHING, constants: [tensor] };
    }
    if (!read) return undefined;
    if (operand === 'input') return { ...NOTHING, inputs: [read] };
    const maker = this.makers.get(read.slot);
    const isReadElsewhere = this.readers.get(read.slot) !== 1;
    return maker && !isReadElsewhere ? this.match(operand, maker) : undefined;
  }
}

/** Whether a mean is taken of each row and kept as a column. */
function isOfRows({ args: { attrs, inputs } }: Call): boolean {
  const { shape } = inputs['x'] ?? { shape: [] };
  const axes = util.parseAxisParam(attrs?.['axis'] as number | number[], shape);
  return attrs?.['keepDims'] === true && axes.length === 1 && axes[0] === shape.length - 1;
}
