/** The package is a part of no site, so its elements say which demo they show. */
export const SCRIPT_URL = undefined;
