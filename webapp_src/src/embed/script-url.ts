/**
 * Where embed.js was loaded from, as this module becomes a part of it; undefined in the package, which
 * is a part of no site.
 */
export const SCRIPT_URL: string | undefined = import.meta.url;
