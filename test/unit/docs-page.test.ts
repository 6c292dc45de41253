/** The page at /api/docs: complete, escaped, loads nothing, leads nowhere that is not there. */
import { beforeAll, describe, expect, test } from "vitest";
import { REASONS } from "../../src/errors.ts";
import { ROUTES } from "../../src/http/app.ts";
import type { Document } from "../../src/http/docs/openapi-document.ts";
import { renderDocsPage } from "../../src/http/docs/page.ts";
import { STYLE } from "../../src/http/docs/style.ts";
import served from "../../src/http/assets/openapi.json" with { type: "json" };

const document = served as unknown as Document;
let html = "";
beforeAll(() => {
  html = renderDocsPage(document);
});

const idsOf = (page: string): string[] => [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id ?? "");

test("the router table and the page name the same operations", () => {
  const sections = [
    ...html.matchAll(
      /<h3 id="(\w+)">.*?<\/h3>\n<p class="route"><span class="method">(\w+)<\/span> <code>(.*?)<\/code>/g,
    ),
  ];
  const shown = sections.map(([, id, method, path]) => `${id} ${method} ${path?.replaceAll("<wbr>", "")}`);
  const routes = ROUTES.map(
    ({ operation, method, path }) => `${operation} ${method} ${path.replaceAll(/\/:(\w+)/g, "/{$1}")}`,
  );
  expect(shown.toSorted()).toEqual(routes.toSorted());
});

test("every section can be gone to, and every link leads to one or to an address of the server", () => {
  const ids = idsOf(html);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of ROUTES) expect(html).toContain(`<li><a href="#${operation}">`);
  const links = [...html.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href ?? "");
  const known = [
    ...ids.map((id) => `#${id}`),
    ...Object.keys(REASONS).map((reason) => `/errors/${reason}`),
    "/api/openapi.json",
  ];
  expect(links.filter((link) => !known.includes(link))).toEqual([]);
  for (const reason of Object.keys(REASONS)) expect(links).toContain(`/errors/${reason}`);
});

test("it loads nothing and runs nothing", () => {
  expect(html).not.toMatch(/<(?:script|img|link|iframe|object|embed|form)\b| src=| style=| on\w+="|@import|url\(/i);
  const addresses = [...html.matchAll(/https?:\/\/[^/\s'"<]*/g)].map(([address]) => address);
  expect(new Set(addresses)).toEqual(new Set(["http://localhost:8787"]));
});

test("its elements are closed, in order", () => {
  const empty = new Set(["meta", "wbr", "!doctype"]);
  const open: string[] = [];
  for (const [, slash, tag = ""] of html.replace(STYLE, "").matchAll(/<(\/?)([a-z!][a-z0-9]*)[^>]*>/g)) {
    if (slash === "") {
      if (!empty.has(tag)) open.push(tag);
    } else expect(open.pop()).toBe(tag);
  }
  expect(open).toEqual([]);
});

test("headings go down one level at a time", () => {
  const levels = [...html.slice(html.indexOf("<main")).matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
  expect(levels[0]).toBe(2);
  for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 1)).toBeLessThanOrEqual(1);
  expect(html.match(/<h1/g)).toHaveLength(1);
});

test("what a document says is shown, not parsed", () => {
  const odd = structuredClone(document) as { info: { description: string } };
  odd.info.description = '<script>alert("1")</script> & `<b>`';
  expect(renderDocsPage(odd as Document)).toContain(
    "<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; <code>&lt;b&gt;</code></p>",
  );
});

describe("contrast", () => {
  const [light = "", dark = ""] = [/:root \{ color-scheme[^}]*\}/, /dark\) \{\s*:root \{[^}]*\}/].map(
    (part) => part.exec(STYLE)?.[0] ?? "",
  );
  const colourOf = (theme: string, name: string): string => new RegExp(`--${name}: (#\\w+);`).exec(theme)?.[1] ?? "";

  test.each([
    ["light", light],
    ["dark", dark],
  ])("in the %s look every text stands out by 4.5 to 1", (_look, theme) => {
    for (const text of ["text", "soft", "link"]) {
      for (const ground of ["ground", "panel"]) {
        expect(contrast(colourOf(theme, text), colourOf(theme, ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(
          4.5,
        );
      }
    }
  });
});

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminanceOf(colour: string): number {
  const digits = colour.length === 4 ? colour.replaceAll(/[0-9a-f]/g, "$&$&") : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(digits.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
