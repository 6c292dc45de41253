/** Addresses of the console: whatever a machine is called, its address leads to it. */
import { assert, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { hrefOf, PATHS, readPath } from "../../../src/console/addresses.ts";
import { CONSOLE_PATHS } from "../../../src/http/console.ts";

/** As a browser takes an address apart. */
const pathOf = (href: string): string => new URL(href, "http://localhost").pathname;

describe("addresses", () => {
  test("every page has one that the Worker serves, and it serves no other", () => {
    expect([...CONSOLE_PATHS].toSorted()).toEqual(Object.values(PATHS).toSorted());
  });

  test("the address of a machine leads to that machine, whatever it is called", () => {
    const name = string({ unit: "grapheme", minLength: 1 }).filter((id) => id !== "." && id !== "..");
    assert(
      property(name, name, (configuration, id) => {
        const href = hrefOf("machine", { configuration, id });
        expect(readPath(pathOf(href))).toEqual({ page: "machine", params: { configuration, id } });
      }),
    );
  });

  test.each([
    ["/", "overview"],
    ["/configurations/orders", "configuration"],
    ["/configurations/orders/compare", "comparison"],
    ["/machines/compare/compare", "machine"],
  ])("%s is the page %s", (path, page) => {
    expect(readPath(path)?.page).toBe(page);
  });

  test.each(["/nowhere", "/machines/", "/machines//x", "/machines/orders/a/b", "/machines/orders/%E0%A4%A", "/jobs/%"])(
    "%s is no page",
    (path) => {
      expect(readPath(path)).toBeUndefined();
    },
  );

  test("what stands behind the ? is escaped, and what is empty is left out", () => {
    const href = hrefOf("machines", {}, { configuration: "orders", state: "a&b=c #?", version: undefined, label: "" });
    expect(href).toBe("/machines?configuration=orders&state=a%26b%3Dc+%23%3F");
    expect(new URL(href, "http://localhost").searchParams.get("state")).toBe("a&b=c #?");
  });
});
