/**
 * Listens for files that are dropped anywhere on the page, or pasted.
 *
 * @param take Called with a file; returns whether it was taken. Others are the browser's.
 * @returns Stops listening.
 */
export function onPictureBrought(take: (file: File) => boolean): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener(
    'dragover',
    (event) => {
      // Without this, nothing can be dropped.
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    },
    { signal },
  );
  window.addEventListener(
    'drop',
    (event) => {
      const [file] = event.dataTransfer?.files ?? [];
      // Else the browser would leave the page for the file.
      if (file && take(file)) event.preventDefault();
    },
    { signal },
  );
  window.addEventListener(
    'paste',
    (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (file && take(file)) event.preventDefault();
    },
    { signal },
  );
  return () => {
    listening.abort();
  };
}
