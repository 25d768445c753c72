/** Where the module was loaded from. */
export const SCRIPT_URL = import.meta.url;
