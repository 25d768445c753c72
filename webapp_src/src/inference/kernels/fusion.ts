/** Finds, among recorded calls of kernels, groups that one of our kernels does at once. */
import { util, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Call, Read } from './recorded-call';
import { GATE, NORMALIZE } from './pointwise-kernels';

/** A kernel's name and what its operands are: the one input, scalars, or calls. */
type Pattern = readonly [kernel: string, ...operands: Operand[]];
type Operand = 'input' | 'scalar' | Pattern;

interface Fusion {
  /** Of our kernel. */
  readonly name: string;
  readonly pattern: Pattern;
  /** The names of the scalars, in the order of the pattern. */
  readonly scalars: readonly string[];
}

const FUSIONS: readonly Fusion[] = [
  {
    name: NORMALIZE,
    pattern: ['Multiply', 'input', ['Rsqrt', ['Add', ['Mean', ['Square', 'input']], 'scalar']]],
    scalars: ['epsilon'],
  },
  {
    name: GATE,
    pattern: [
      'Multiply',
      'input',
      [
        'Sigmoid',
        ['Multiply', 'input', ['Add', ['Multiply', ['Square', 'input'], 'scalar'], 'scalar']],
      ],
    ],
    scalars: ['cubic', 'linear'],
  },
];

interface Match {
  readonly inputs: readonly Read[];
  readonly scalars: readonly number[];
  /** The calls that match the pattern. */
  readonly calls: readonly Call[];
}

const NOTHING: Match = { inputs: [], scalars: [], calls: [] };

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
  readScalar: (tensor: TensorInfo) => number,
): Call[] {
  const matcher = new Matcher(calls, output, readScalar);
  const fused = new Map<Call, Call>();
  const inner = new Set<Call>();
  for (const call of calls) {
    for (const { name, pattern, scalars } of FUSIONS) {
      const kernel = kernels.find(({ kernelName }) => kernelName === name)?.kernelFunc;
      const match = kernel && matcher.match(pattern, call);
      if (!match || !readOneFloat(match.inputs)) continue;
      const [read] = match.inputs as [Read];
      const attrs = Object.fromEntries(scalars.map((key, i) => [key, match.scalars[i] ?? NaN]));
      const args = { ...call.args, inputs: { x: read.info }, attrs };
      fused.set(call, { ...call, name, kernel, args, reads: [read] });
      for (const each of match.calls) inner.add(each);
    }
  }
  return calls.filter((call) => fused.has(call) || !inner.has(call)).map((c) => fused.get(c) ?? c);
}

function readOneFloat(reads: readonly Read[]): boolean {
  const [first] = reads;
  return first?.info.dtype === 'float32' && reads.every(({ slot }) => slot === first.slot);
}

class Matcher {
  private readonly makers: ReadonlyMap<number, Call>;
  private readonly readers = new Map<number, number>();

  constructor(
    calls: readonly Call[],
    output: number,
    private readonly readScalar: (tensor: TensorInfo) => number,
  ) {
    this.makers = new Map(calls.map((call) => [call.slot, call]));
    const slots = calls.flatMap(({ reads }) => reads.map(({ slot }) => slot));
    for (const slot of [...slots, output]) {
      this.readers.set(slot, (this.readers.get(slot) ?? 0) + 1);
    }
  }

  match([kernel, ...operands]: Pattern, call: Call): Match | undefined {
    if (call.name !== kernel || (kernel === 'Mean' && !isOfRows(call))) return undefined;
    const tensors = Object.values(call.args.inputs) as TensorInfo[];
    if (tensors.length !== operands.length) return undefined;
    // All kernels of two operands here are commutative.
    const match =
      this.matchAll(operands, tensors, call) ?? this.matchAll(operands, tensors.toReversed(), call);
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
        scalars: [...all.scalars, ...match.scalars],
        calls: [...all.calls, ...match.calls],
      };
    }
    return all;
  }

  private matchOperand(operand: Operand, tensor: TensorInfo, { reads }: Call): Match | undefined {
    const read = reads.find(({ info }) => info === tensor);
    if (operand === 'scalar') {
      if (read || tensor.shape.length > 0) return undefined;
      return { ...NOTHING, scalars: [this.readScalar(tensor)] };
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
