/** A place on the drawing surface: from (0, 0) at its top left to (1, 1). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The points of a line, or of a dot. */
export type Stroke = readonly Point[];

/** Strokes in the order in which they were drawn. */
export type Drawing = readonly Stroke[];

/** Points closer together than this add nothing. */
const NEAREST = 0.004;

/** The drawing with a new stroke, which is a dot so far. */
export function beginStroke(drawing: Drawing, point: Point): Drawing {
  return [...drawing, [clamp(point)]];
}

/** The drawing with its last stroke drawn on to a point. */
export function extendStroke(drawing: Drawing, point: Point): Drawing {
  const stroke = drawing.at(-1);
  const end = stroke?.at(-1);
  if (!stroke || !end) return beginStroke(drawing, point);
  const next = clamp(point);
  if (Math.hypot(next.x - end.x, next.y - end.y) < NEAREST) return drawing;
  return [...drawing.slice(0, -1), [...stroke, next]];
}

/** The drawing without its last stroke. */
export function undoStroke(drawing: Drawing): Drawing {
  return drawing.slice(0, -1);
}

export function clamp({ x, y }: Point): Point {
  return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
}
