import { tensor, type Tensor } from '@tensorflow/tfjs-core';

type ArrayType = 'float32' | 'int32' | 'bool';

const VIEWS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** An array in the payload of a frame; arrays follow each other in the order of the header. */
export interface ArrayHeader {
  name: string;
  dtype: ArrayType;
  shape: number[];
  bytes: number;
}

/** Every header with its piece of the payload. */
export function cutPayload<Header extends { bytes: number }>(
  headers: readonly Header[],
  payload: Uint8Array,
): [Header, Uint8Array<ArrayBuffer>][] {
  let offset = 0;
  return headers.map((header) => {
    offset += header.bytes;
    // A copy, because typed arrays of 4-byte items need an aligned start.
    return [header, Uint8Array.from(payload.subarray(offset - header.bytes, offset))];
  });
}

/** A tensor from its bytes. */
export function toTensor({ dtype, shape }: ArrayHeader, bytes: Uint8Array<ArrayBuffer>): Tensor {
  if (dtype === 'bool') return tensor(bytes, shape, dtype);
  const View = VIEWS[dtype];
  return tensor(new View(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), shape, dtype);
}

/** An array to send: its header and its bytes. */
export interface Output {
  header: ArrayHeader;
  bytes: Uint8Array;
}

/** A tensor's values as bytes, with the header that describes them. */
export function fromTensor(name: string, result: Tensor): Output {
  const View = VIEWS[result.dtype as ArrayType];
  const data = result.dataSync();
  // The cpu backend casts a bool to a number only in name.
  const values = data instanceof View ? data : View.from(data);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const header = {
    name,
    dtype: result.dtype as ArrayType,
    shape: result.shape,
    bytes: bytes.byteLength,
  };
  return { header, bytes };
}
