/** How a file was handed on. */
export type Handed = 'shared' | 'copied' | 'saved' | 'cancelled';

/**
 * Hands a PNG on: with the system's sharing dialog, else to the clipboard, else as a download.
 *
 * @param picture Still in the making: Safari lets a page write to the clipboard only as long as the
 *   visitor's click is fresh, and so must be told at once.
 */
export async function handOn(picture: Promise<Blob>, name: string): Promise<Handed> {
  if (!canShareFiles() && 'ClipboardItem' in window) {
    try {
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
      return 'copied';
    } catch {
      // A visitor who does not allow it, or a browser that does not take a promise.
    }
  }
  const file = new File([await picture], name, { type: 'image/png' });
  if (canShareFiles()) {
    try {
      await navigator.share({ files: [file] });
      return 'shared';
    } catch (error) {
      // The visitor closed the dialog; any other failure leaves the download.
      if ((error as Error).name === 'AbortError') return 'cancelled';
    }
  }
  save(file);
  return 'saved';
}

function canShareFiles(): boolean {
  const file = new File([], 'picture.png', { type: 'image/png' });
  return 'canShare' in navigator && navigator.canShare({ files: [file] });
}

/** Has the browser save a file. */
export function save(file: File): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  // The download has begun by then.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
