import type { HtmlReferences } from '../../generated/manifest';

const REFERENCE = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/g;

/** Decodes character references as Python's `html.unescape` and ftfy's `unescape_html` do. */
export class HtmlDecoder {
  private readonly dropped: ReadonlySet<number>;
  private readonly entities: ReadonlyMap<string, string>;
  private readonly capitals: ReadonlyMap<string, string>;
  private readonly replaced: ReadonlyMap<string, string>;

  constructor({ entities, capitals, replaced, dropped }: HtmlReferences) {
    this.entities = new Map(Object.entries(entities));
    this.capitals = new Map(Object.entries(capitals));
    this.replaced = new Map(Object.entries(replaced));
    const codes = new Set<number>();
    for (let i = 0; i < dropped.length; i += 2)
      for (let code = dropped[i] ?? 0; code <= (dropped[i + 1] ?? 0); code++) codes.add(code);
    this.dropped = codes;
  }

  /** Every reference, as in HTML: some names need no semicolon. */
  unescape(text: string): string {
    if (!text.includes('&')) return text;
    return text.replace(REFERENCE, (_, name: string) =>
      name.startsWith('#') ? this.fromNumber(name) : this.fromName(name),
    );
  }

  /** Only references with a semicolon; also some names in capitals. */
  unescapeStrictly(text: string): string {
    return text.replace(/&#?[0-9A-Za-z]{1,24};/g, (whole) => {
      const name = whole.slice(1);
      if (!name.startsWith('#')) return this.entities.get(name) ?? this.capitals.get(name) ?? whole;
      const unescaped = this.unescape(whole);
      return unescaped.includes(';') ? whole : unescaped;
    });
  }

  private fromNumber(name: string): string {
    const digits = name.slice(1).replace(';', '');
    const code = /^[xX]/.test(digits) ? parseInt(digits.slice(1), 16) : parseInt(digits, 10);
    const other = this.replaced.get(String(code));
    if (other !== undefined) return other;
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return '\ufffd';
    return this.dropped.has(code) ? '' : String.fromCodePoint(code);
  }

  private fromName(name: string): string {
    const whole = this.entities.get(name);
    if (whole !== undefined) return whole;
    for (let end = name.length - 1; end > 1; end--) {
      const part = this.entities.get(name.slice(0, end));
      if (part !== undefined) return part + name.slice(end);
    }
    return `&${name}`;
  }
}
