import * as twgl from 'twgl.js';
import type { MapTile } from './map-tiles';

/** A colour as WebGL takes it: red, green, blue and opacity, from 0 to 1. */
export type Colour = readonly [number, number, number, number];

/** How the map lies on the canvas: place `p` of the map is drawn at `p * side + (x, y)` CSS pixels. */
export interface Placing {
  readonly side: number;
  readonly x: number;
  readonly y: number;
}

const VERTEX = `
  attribute vec2 place;
  uniform vec2 corner;
  uniform float size;
  uniform vec3 placing;
  uniform vec2 canvas;
  uniform float diameter;
  void main() {
    vec2 at = ((corner + place * size) * placing.z + placing.xy) / canvas;
    gl_Position = vec4(at.x * 2.0 - 1.0, 1.0 - at.y * 2.0, 0.0, 1.0);
    gl_PointSize = diameter;
  }`;

const FRAGMENT = `
  precision mediump float;
  uniform vec4 colour;
  void main() {
    float edge = length(gl_PointCoord - 0.5);
    if (edge > 0.5) discard;
    gl_FragColor = vec4(colour.rgb * colour.a, colour.a);
  }`;

/** Draws points of a map on a canvas by WebGL, with a buffer for each tile. */
export class MapPainter {
  private readonly program: twgl.ProgramInfo;
  private readonly buffers = new WeakMap<MapTile, twgl.BufferInfo>();

  /** @throws Error with a sentence for the visitor if this browser does not draw by WebGL. */
  constructor(private readonly gl: WebGLRenderingContext) {
    this.program = twgl.createProgramInfo(gl, [VERTEX, FRAGMENT]);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** Begins a picture of so many CSS pixels. */
  clear(width: number, height: number, ratio: number): void {
    const { gl } = this;
    const { canvas } = gl;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== columns || canvas.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
    }
    gl.viewport(0, 0, columns, rows);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.program.program);
    twgl.setUniforms(this.program, { canvas: [width, height] });
  }

  /** Draws the points of a tile; `diameter` is in the canvas' pixels. */
  drawTile(tile: MapTile, placing: Placing, colour: Colour, diameter: number): void {
    const size = 2 ** -tile.level;
    const corner = [tile.column * size, tile.row * size];
    this.draw(this.bufferOf(tile), corner, size, placing, colour, diameter);
  }

  /** Draws single points, x and y of each in turn, from 0 to 1. */
  drawPoints(places: Float32Array, placing: Placing, colour: Colour, diameter: number): void {
    const { gl } = this;
    const buffer = twgl.createBufferInfoFromArrays(gl, {
      place: { numComponents: 2, data: places },
    });
    this.draw(buffer, [0, 0], 1, placing, colour, diameter);
    gl.deleteBuffer(buffer.attribs?.['place']?.buffer ?? null);
  }

  private draw(
    buffer: twgl.BufferInfo,
    corner: readonly number[],
    size: number,
    { side, x, y }: Placing,
    colour: Colour,
    diameter: number,
  ): void {
    const { gl, program } = this;
    twgl.setBuffersAndAttributes(gl, program, buffer);
    twgl.setUniforms(program, { corner, size, placing: [x, y, side], colour, diameter });
    twgl.drawBufferInfo(gl, buffer, gl.POINTS);
  }

  private bufferOf(tile: MapTile): twgl.BufferInfo {
    const { gl } = this;
    let buffer = this.buffers.get(tile);
    if (!buffer) {
      const place = {
        numComponents: 2,
        data: new Uint16Array(tile.data),
        normalize: true,
        stride: 8,
      };
      buffer = twgl.createBufferInfoFromArrays(gl, { place });
      buffer.numElements = tile.data.byteLength / 8;
      this.buffers.set(tile, buffer);
    }
    return buffer;
  }
}
