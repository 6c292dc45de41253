/**
 * Text in a picture: what can be shown of a name, and how wide it will be. Where pictures are made there is no font to
 * measure with, so widths are estimates on the wide side.
 */
const REPLACEMENT = 0xfffd;
const BOLD = 1.1;
const ELLIPSIS = "…";
// The order of a name's letters is its own affair, not that of the text around it: overrides and isolates would reach
// beyond the name, or show another name than it is.
const BIDI_CONTROL = /^[\u202a-\u202e\u2066-\u2069]$/;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\u200b-\u200f]$/u;
const NARROW = /^[ ijlI.,:;'|!()[\]{}ftr/\\-]$/;
const WIDE = /^[mwMW@%]$/;
const SIGN = /^[<>=+~^#&|*]$/;
const LOWER = /^[\p{Ll}\p{Nd}_]$/u;
/** East Asian wide and fullwidth blocks, and the planes of emoji and ideographs. */
const DOUBLE = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3ffff}]$/u;

/** The code point to show: control characters are not allowed in XML, so their pictures stand in. */
export function visibleCode(point: string): number {
  const code = point.codePointAt(0) ?? REPLACEMENT;
  if (code < 0x20) return 0x2400 + code;
  if (code === 0x7f) return 0x2421;
  if (BIDI_CONTROL.test(point)) return REPLACEMENT;
  const isInvalidInXml = (code >= 0x80 && code <= 0x9f) || code === 0xfffe || code === 0xffff;
  return isInvalidInXml ? REPLACEMENT : code;
}

/** A name's code points as they can be shown. */
export function showText(text: string): string {
  return Array.from(text.toWellFormed(), (point) => String.fromCodePoint(visibleCode(point))).join("");
}

export interface Font {
  readonly size: number;
  readonly isBold?: boolean;
}

/** About how wide a text is, in the unit of the font's size. */
export function estimateWidth(text: string, { size, isBold = false }: Font): number {
  let ems = 0;
  for (const point of text) ems += estimateEms(point);
  return ems * size * (isBold ? BOLD : 1);
}

function estimateEms(point: string): number {
  if (ZERO_WIDTH.test(point)) return 0;
  if (NARROW.test(point)) return 0.38;
  if (LOWER.test(point)) return 0.59;
  if (WIDE.test(point)) return 1;
  if (SIGN.test(point)) return 0.85;
  if (DOUBLE.test(point)) return 1.15;
  return 0.74;
}

/** A text that fits, if need be without its middle: names often differ at their ends. */
export function shorten(text: string, font: Font, maxWidth: number): string {
  if (estimateWidth(text, font) <= maxWidth) return text;
  const points = Array.from(text);
  let room = maxWidth - estimateWidth(ELLIPSIS, font);
  let [head, tail] = [0, points.length];
  // Two from the front for one from the end: the front is what one looks for.
  for (let turn = 0; head < tail; turn++) {
    const width = estimateWidth((turn % 3 === 2 ? points[tail - 1] : points[head]) ?? "", font);
    if (width > room) break;
    room -= width;
    if (turn % 3 === 2) tail--;
    else head++;
  }
  // A mark without its letter would sit on the ellipsis.
  while (tail < points.length && ZERO_WIDTH.test(points[tail] ?? "")) tail++;
  return `${points.slice(0, head).join("")}${ELLIPSIS}${points.slice(tail).join("")}`;
}

/** A text as XML takes it, as content and in attributes. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}
