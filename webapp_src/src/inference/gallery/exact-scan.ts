import type { ExactIndex, Gallery } from '../../generated/manifest';
import { Best } from './best';
import type { GalleryIndex } from './gallery-index';
import type { Found, Wanted } from './gallery-search';
import { NamedFiles } from './named-files';
import { dotAt, normalize } from './numbers';

/**
 * Compares all rows with what is looked for. They stay in memory, where plain numbers are quick enough:
 * 20,000 rows of 256 take some 5 ms.
 */
export class ExactScan implements GalleryIndex {
  private readonly files: NamedFiles;

  constructor(
    private readonly gallery: Pick<Gallery, 'pictures' | 'dim'>,
    private readonly index: ExactIndex,
  ) {
    this.files = new NamedFiles(index.rows, index.rows.count);
  }

  prepare(): Promise<unknown> {
    return this.files.prepare();
  }

  async search(
    { query, count, mask }: Wanted,
    onFound: (found: readonly Found[]) => void,
    signal: AbortSignal,
  ): Promise<readonly Found[]> {
    const best = new Best(count);
    await this.files.forEach(
      Array.from({ length: this.index.rows.count }, (_, file) => file),
      (content, file) => {
        this.scan(new Int8Array(content), file * this.index.rowsPerFile, query, mask, best);
        onFound(best.list());
      },
      signal,
    );
    return best.list();
  }

  async row(position: number): Promise<Float32Array> {
    const { rowsPerFile, scale } = this.index;
    const { dim } = this.gallery;
    const file = Math.floor(position / rowsPerFile);
    const content = await this.files.get(file, new AbortController().signal);
    const codes = new Int8Array(content, (position - file * rowsPerFile) * dim, dim);
    return normalize(Float32Array.from(codes, (code) => code * scale));
  }

  private scan(
    codes: Int8Array,
    first: number,
    query: Float32Array,
    mask: Uint8Array | undefined,
    best: Best,
  ): void {
    const { dim } = this.gallery;
    for (let start = 0, position = first; start < codes.length; start += dim, position++) {
      if (mask?.[position] === 0) continue;
      best.add(position, dotAt(codes, start, query) * this.index.scale);
    }
  }
}
