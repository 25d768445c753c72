import type { ReactiveController } from 'lit';
import type { Demo } from '../../state/demo';
import { handOver } from '../../state/handover';

/** Keeps all that a visitor does, so that nothing is lost when the tab is loaded again or crashes. */
export class VisitKeeper implements ReactiveController {
  private kept = '';

  constructor(private readonly demo: () => Demo | undefined) {}

  hostUpdated(): void {
    const demo = this.demo();
    if (!demo?.started) return;
    const { handover } = demo.visit;
    const content = JSON.stringify(handover);
    if (content === this.kept) return;
    this.kept = content;
    handOver(handover);
  }
}
