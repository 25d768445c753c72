import { localized, msg } from '@lit/localize';
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { fire } from '../../components/events';
import { shared } from '../../components/shared-styles';
import { movePen } from './pen';
import {
  beginStroke,
  extendStroke,
  undoStroke,
  type Drawing,
  type Point,
  type Stroke,
} from './strokes';

/** Pixels along a side of the canvas, whatever its size on the page. */
const RESOLUTION = 560;
const PEN_WIDTH = 0.08 * RESOLUTION;

declare module '../../components/events' {
  interface DemoEvents {
    'drawing-changed': Drawing;
  }
}

/**
 * A surface to draw on with finger, pen, mouse or keyboard.
 *
 * @fires drawing-changed - A CustomEvent with the `Drawing`.
 */
@localized()
@customElement('lit-demo-pad')
export class LitDemoPad extends LitElement {
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      canvas {
        display: block;
        width: 100%;
        aspect-ratio: 1;
        border: 2px solid var(--edge);
        border-radius: var(--round);
        background: #fff;
        cursor: crosshair;
        touch-action: none;
        user-select: none;
      }
    `,
  ];

  @property({ attribute: false }) drawing: Drawing = [];

  @state() private pen: Point = { x: 0.5, y: 0.25 };
  @state() private isDown = false;
  /** Whether the pen is shown: only to those who move it by keys. */
  @state() private isKeyed = false;

  private pointer: number | undefined;

  @query('canvas') private readonly canvas!: HTMLCanvasElement;

  protected override render(): TemplateResult {
    return html`
      <canvas
        width=${RESOLUTION}
        height=${RESOLUTION}
        tabindex="0"
        role="application"
        aria-label=${msg('Drawing surface')}
        aria-describedby="keys"
        @pointerdown=${this.onPointerDown}
        @pointermove=${this.onPointerMove}
        @pointerup=${this.onPointerEnd}
        @pointercancel=${this.onPointerEnd}
        @keydown=${this.onKeyDown}
        @blur=${this.onBlur}
      ></canvas>
      <p id="keys" class="visually-hidden">
        ${msg('Arrow keys move the pen; Home, End, Page Up and Page Down move it diagonally. Space sets it down and lifts it. Backspace takes back the last stroke, Delete clears.')}
      </p>
      <p class="visually-hidden" role="status">
        ${this.isKeyed ? (this.isDown ? msg('Pen down.') : msg('Pen up.')) : ''}
      </p>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const context = this.canvas.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, RESOLUTION, RESOLUTION);
    context.lineWidth = PEN_WIDTH;
    context.lineCap = context.lineJoin = 'round';
    context.strokeStyle = context.fillStyle = '#1f1d18';
    for (const stroke of this.drawing) drawStroke(context, stroke);
    if (this.isKeyed) this.drawPen(context);
  }

  private drawPen(context: CanvasRenderingContext2D): void {
    context.beginPath();
    context.arc(RESOLUTION * this.pen.x, RESOLUTION * this.pen.y, 0.6 * PEN_WIDTH, 0, 2 * Math.PI);
    context.lineWidth = 6;
    context.strokeStyle = '#b4450b';
    context.stroke();
    if (!this.isDown) return;
    context.fillStyle = '#b4450b';
    context.fill();
  }

  private onPointerDown(event: PointerEvent): void {
    // A second finger, or another button, draws nothing.
    if (this.pointer !== undefined || event.button !== 0) return;
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.isKeyed = this.isDown = false;
    this.change(beginStroke(this.drawing, this.place(event)));
  }

  private onPointerMove(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return;
    this.change(
      movesOf(event).reduce((d, move) => extendStroke(d, this.place(move)), this.drawing),
    );
  }

  private onPointerEnd(event: PointerEvent): void {
    if (event.pointerId === this.pointer) this.pointer = undefined;
  }

  private onKeyDown(event: KeyboardEvent): void {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === 'z') this.change(undoStroke(this.drawing));
    else if (command || event.altKey || !this.press(event.key)) return;
    event.preventDefault();
  }

  /** Whether the key means something here. */
  private press(key: string): boolean {
    const next = movePen(this.pen, key);
    if (next) {
      this.isKeyed = true;
      this.pen = next;
      if (this.isDown) this.change(extendStroke(this.drawing, next));
    } else if (key === ' ' || key === 'Enter') {
      this.isKeyed = true;
      this.isDown = !this.isDown;
      if (this.isDown) this.change(beginStroke(this.drawing, this.pen));
    } else if (key === 'Backspace') {
      this.isDown = false;
      this.change(undoStroke(this.drawing));
    } else if (key === 'Delete') {
      this.isDown = false;
      this.change([]);
    } else return false;
    return true;
  }

  private onBlur(): void {
    this.isKeyed = this.isDown = false;
  }

  private place({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  private change(drawing: Drawing): void {
    if (drawing === this.drawing) return;
    this.drawing = drawing;
    fire(this, 'drawing-changed', drawing);
  }
}

function drawStroke(context: CanvasRenderingContext2D, stroke: Stroke): void {
  const [start] = stroke;
  if (!start) return;
  context.beginPath();
  if (stroke.length === 1) {
    // A canvas draws no line from a point to itself.
    context.arc(RESOLUTION * start.x, RESOLUTION * start.y, PEN_WIDTH / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  for (const { x, y } of stroke) context.lineTo(RESOLUTION * x, RESOLUTION * y);
  context.stroke();
}

/** The moves of a fast pen that a browser gathered into one event a frame. */
function movesOf(event: PointerEvent): readonly PointerEvent[] {
  // Safari has this since 18.2, and pages on plain HTTP lack it.
  const moves = 'getCoalescedEvents' in event ? event.getCoalescedEvents() : [];
  return moves.length > 0 ? moves : [event];
}
