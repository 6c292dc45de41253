/** A reader of XML as strict as these tests need: it takes what a conforming parser takes of our pictures, and no more. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Element | string)[];
}

// https://www.w3.org/TR/xml/#charsets
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const TOKEN = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;

/** The root element; throws where the text is not well-formed. */
export function parseXml(text: string): Element {
  if (!CHARACTERS.test(text)) throw new Error("a character that XML does not have");
  const top: Element = { name: "", attributes: {}, children: [] };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (token === null) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 60)}`);
    const [, closing, name = "", attributes = "", empty, content] = token;
    const inner = open.at(-1) ?? top;
    if (content !== undefined) inner.children.push(decode(content));
    else if (closing) {
      if (open.length === 1 || open.pop()?.name !== name) throw new Error(`</${name}> at ${at} closes nothing`);
    } else {
      const element: Element = { name, attributes: attributesOf(attributes), children: [] };
      inner.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [root, ...others] = top.children.filter((child) => typeof child !== "string" || child.trim() !== "");
  if (open.length > 1 || others.length > 0 || root === undefined || typeof root === "string")
    throw new Error("not one element");
  return root;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.matchAll(ATTRIBUTE)) {
    if (Object.hasOwn(found, name)) throw new Error(`${name} twice`);
    found[name] = decode(value);
  }
  return found;
}

function decode(text: string): string {
  return text.replaceAll(/&(#(\d+);)?/g, (_whole, reference?: string, code?: string) => {
    if (reference === undefined) throw new Error(`& begins nothing: ${text.slice(0, 60)}`);
    return String.fromCodePoint(Number(code));
  });
}

/** All elements of a name, in their order. */
export function findAll(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => {
    if (typeof child === "string") return [];
    return [...(child.name === name ? [child] : []), ...findAll(child, name)];
  });
}

/** All text in an element. */
export function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
}
