const script = document.currentScript;

/** Where the script was loaded from. */
export const SCRIPT_URL = script instanceof HTMLScriptElement ? script.src : document.baseURI;
