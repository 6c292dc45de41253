import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { REASONS, type Reason } from "../../src/errors.ts";
import {
  ERROR_TEXTS,
  renderErrorIndexMarkdown,
  renderErrorMarkdown,
  renderErrorPage,
} from "../../src/http/error-pages.ts";
import served from "../../src/http/assets/error-pages.json" with { type: "json" };
import { makePage } from "../../src/http/page.ts";

const directory = join(import.meta.dirname, "../../docs/errors");
const reasons = Object.keys(REASONS) as Reason[];
const readPage = (file: string): string => readFileSync(join(directory, file), "utf8");

test("table, texts and pages name the same reasons", () => {
  const sorted = reasons.toSorted();
  expect(Object.keys(ERROR_TEXTS).toSorted()).toEqual(sorted);
  const files = readdirSync(directory).toSorted();
  expect(files).toEqual([...sorted.map((reason) => `${reason}.md`), "README.md"].toSorted());
});

test("the index is up to date", () => {
  expect(readPage("README.md")).toBe(renderErrorIndexMarkdown());
});

test("the pages that are served are up to date", async () => {
  const pages = reasons.map(async (reason) => [reason, await makePage(renderErrorPage(reason))] as const);
  expect(served).toEqual(Object.fromEntries(await Promise.all(pages)));
});

describe.each(reasons)("%s", (reason) => {
  const { code, status, title } = REASONS[reason];

  test("its page in docs/errors is up to date", () => {
    expect(readPage(`${reason}.md`)).toBe(renderErrorMarkdown(reason));
  });

  test("its HTML page is complete, escaped and loads nothing", () => {
    const html = renderErrorPage(reason);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">[^]*<\/html>\n$/);
    expect(html).toContain(`<h1>${title}</h1>`);
    expect(html).toContain(`<code>${reason}</code>`);
    expect(html).toContain(`<dd>${status}</dd>`);
    expect(html).toContain(`<code>${code}</code>`);
    expect(html).toContain("prefers-color-scheme: dark");
    expect(html).not.toMatch(/\b(?:src|href)=|url\(|@import|<script|https?:/i);
    const body = html.slice(html.indexOf("<main>"));
    expect(
      body.match(/<\/?[^>]*>/g)?.filter((tag) => !/^<\/?(?:main|h1|h2|dl|dt|dd|p|code|body|html)>$/.test(tag)),
    ).toEqual([]);
    expect(body).not.toContain("`");
  });
});

test("placeholders in angle brackets are shown, not parsed", () => {
  expect(ERROR_TEXTS.UNAUTHENTICATED.remedy).toContain("<key or token>");
  expect(renderErrorPage("UNAUTHENTICATED")).toContain("&lt;key or token&gt;");
});
