import type { EncoderReport } from '../inference/encoder-report';
import { transferredBytes } from '../inference/transferred';

/** What a report needs of a model in use; another model is another object. */
export interface Reporter {
  report(): Promise<EncoderReport | undefined>;
}

/** What a report asks of the demo around it. */
export interface DeviceReportHost {
  readonly session: Reporter | undefined;
  /** Called after every change. */
  onChange(): void;
  onFailure(error: Error): void;
}

/** Chromium's, of pages that are isolated from others. */
type MemoryMeter = () => Promise<{ readonly bytes: number }>;

/** How the model runs on this device: measured when it is asked for, and not before. */
export class DeviceReport {
  /** Of the encoder in use; undefined unless it was ready when this was asked. */
  encoder: EncoderReport | undefined;
  /** Bytes that came from the network in this visit; undefined until that is asked. */
  downloaded: number | undefined;
  /** Bytes that the page and its workers take; undefined where the browser does not tell. */
  pageMemory: number | undefined;

  constructor(private readonly host: DeviceReportHost) {}

  /** Measures anew. */
  async measure(): Promise<void> {
    const { session } = this.host;
    if (!session) return;
    try {
      const encoder = await session.report();
      if (session !== this.host.session) return;
      this.encoder = encoder;
      this.downloaded = transferredBytes() + (encoder?.downloaded ?? 0);
      this.host.onChange();
      // Browsers take seconds for it.
      this.pageMemory = await measurePage();
      this.host.onChange();
    } catch (error) {
      if (session === this.host.session) this.host.onFailure(error as Error);
    }
  }

  /** Forgets what the last model said. */
  forget(): void {
    this.encoder = undefined;
  }
}

async function measurePage(): Promise<number | undefined> {
  const { measureUserAgentSpecificMemory: measure } = performance as {
    measureUserAgentSpecificMemory?: MemoryMeter;
  };
  if (!measure || !self.crossOriginIsolated) return undefined;
  return (await measure.call(performance)).bytes;
}
