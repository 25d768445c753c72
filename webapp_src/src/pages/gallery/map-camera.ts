import { select } from 'd3-selection';
import { zoom, zoomIdentity, zoomTransform, type ZoomBehavior } from 'd3-zoom';
import type { MapView } from './map-tiles';
import type { Placing } from './map-painter';

const MOST_ZOOM = 400;
const STEP = 1.6;
/** CSS pixels by which an arrow key moves the map. */
const STRIDE = 80;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [STRIDE, 0],
  ArrowRight: [-STRIDE, 0],
  ArrowUp: [0, STRIDE],
  ArrowDown: [0, -STRIDE],
};

/** Which part of a map an element shows: moved by dragging and arrow keys, enlarged by pinching, the wheel and + and -. */
export class MapCamera {
  private readonly behavior: ZoomBehavior<HTMLElement, unknown>;

  constructor(
    private readonly element: HTMLElement,
    onChange: () => void,
  ) {
    this.behavior = zoom<HTMLElement, unknown>()
      .scaleExtent([1, MOST_ZOOM])
      .extent(() => [
        [0, 0],
        [element.clientWidth, element.clientHeight],
      ])
      .translateExtent([
        [0, 0],
        [element.clientWidth, element.clientHeight],
      ])
      // The wheel scrolls the page, unless it is meant for the map.
      .filter((event: Event) => !(event instanceof WheelEvent) || isMeant(event, element))
      .on('zoom', onChange);
    select(element).call(this.behavior).on('dblclick.zoom', null);
  }

  /** How the map lies in the element: at first as a whole, in the middle. */
  get placing(): Placing {
    const { clientWidth, clientHeight } = this.element;
    const { k, x, y } = zoomTransform(this.element);
    const side = Math.min(clientWidth, clientHeight);
    return {
      side: k * side,
      x: x + (k * (clientWidth - side)) / 2,
      y: y + (k * (clientHeight - side)) / 2,
    };
  }

  /** What of the map is seen. */
  get view(): MapView {
    const { clientWidth, clientHeight } = this.element;
    const { side, x, y } = this.placing;
    return {
      left: -x / side,
      top: -y / side,
      right: (clientWidth - x) / side,
      bottom: (clientHeight - y) / side,
      side,
    };
  }

  /** Where on the map a point of the window is. */
  locate({ clientX, clientY }: MouseEvent): readonly [number, number] {
    const { left, top } = this.element.getBoundingClientRect();
    const { side, x, y } = this.placing;
    return [(clientX - left - x) / side, (clientY - top - y) / side];
  }

  enlarge(): void {
    this.behavior.scaleBy(select(this.element), STEP);
  }

  reduce(): void {
    this.behavior.scaleBy(select(this.element), 1 / STEP);
  }

  /** Shows the whole map. */
  showAll(): void {
    this.behavior.transform(select(this.element), zoomIdentity);
  }

  /** Does what a key stands for; false if it stands for nothing. */
  press(key: string): boolean {
    const stride = ARROWS[key];
    if (stride) {
      const { k } = zoomTransform(this.element);
      this.behavior.translateBy(select(this.element), stride[0] / k, stride[1] / k);
    } else if (key === '+' || key === '=') this.enlarge();
    else if (key === '-') this.reduce();
    else if (key === 'Home') this.showAll();
    else return false;
    return true;
  }

  /** Fits the bounds to the element's size, after that has changed. */
  resize(): void {
    const { clientWidth, clientHeight } = this.element;
    this.behavior.translateExtent([
      [0, 0],
      [clientWidth, clientHeight],
    ]);
  }
}

/** The wheel with a key, as browsers also tell of pinching, or after a click into the map. */
function isMeant(event: WheelEvent, element: HTMLElement): boolean {
  const root = element.getRootNode() as Document | ShadowRoot;
  return event.ctrlKey || event.metaKey || root.activeElement === element;
}
