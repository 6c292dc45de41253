/** The README's map and its list of commands say what is there, no more and no less. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const root = join(import.meta.dirname, "../..");
const readme = await readFile(join(root, "README.md"), "utf8");
const table = (heading: string): string => readme.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";

test("it has at most 150 lines", () => {
  expect(readme.split("\n").length - 1).toBeLessThanOrEqual(150);
});

test("the map names every room of src", async () => {
  const named = [...table("Map").matchAll(/`src\/([\w.-]+)`/g)].map(([, name]) => name ?? "");
  expect(named.toSorted()).toEqual((await readdir(join(root, "src"))).toSorted());
});

test("every npm command it names is a script, or npm's own", () => {
  const named = [...readme.matchAll(/npm (?:run )?(?:--silent )?([a-z][\w:]*)/g)].map(([, name]) => name ?? "");
  const known = ["ci", "pack", ...Object.keys(packageJson.scripts)];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
