import type { ReactiveController } from 'lit';
import type { Demo } from '../../state/demo';
import { handOver } from '../../state/handover';

/** Keeps all that a visitor does, so that nothing is lost when the tab is loaded again or crashes. */
export class VisitKeeper implements ReactiveController {
  constructor(private readonly demo: () => Demo | undefined) {}

  hostUpdated(): void {
    const demo = this.demo();
    if (demo?.started) handOver(demo.visit.handover);
  }
}
