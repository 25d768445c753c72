import type { SiteManifest } from '../generated/manifest';

export const SCHEMA_VERSION: SiteManifest['schemaVersion'] = 1;

/** A manifest that cannot be used; the message is a sentence a person can act on. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** Fetches and checks the manifest of the site. */
export async function loadManifest(url: string): Promise<SiteManifest> {
  let response: Response;
  try {
    response = await fetch(new URL(url, document.baseURI));
  } catch {
    throw new ManifestError('The demo could not be loaded. Check the connection and try again.');
  }
  if (!response.ok) {
    throw new ManifestError(
      `The demo could not be loaded: the server answered ${response.status} for ${url}.`,
    );
  }
  return parseManifest(await response.text());
}

/** @throws ManifestError where the text is no manifest of the version that this app reads. */
export function parseManifest(text: string): SiteManifest {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new ManifestError(
      'The demo’s manifest is damaged. Reload the page, or rebuild the site.',
    );
  }
  const version = (content as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== SCHEMA_VERSION) {
    throw new ManifestError(
      `This page reads manifests of version ${SCHEMA_VERSION}, but the demo’s is of version ` +
        `${JSON.stringify(version ?? 'unknown')}. Reload the page without the browser’s cache; ` +
        'if that does not help, rebuild the whole site with one version of lit-demo.',
    );
  }
  return content as SiteManifest;
}
