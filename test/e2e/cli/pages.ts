/** The examples of the documentation's pages, typed into a shell as they stand there. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Cli } from "./cli.ts";

const root = join(import.meta.dirname, "../../..");
const PAGES = ["load.md", "xstate.md"];

export function testPages(cli: () => Cli): void {
  test.each(PAGES)("the examples of %s do what they say", async (page) => {
    const text = await readFile(join(root, "docs", page), "utf8");
    const blocks = Array.from(text.matchAll(/<!-- test: run -->\s*```sh\n([\s\S]*?)```/g), ([, block = ""]) => block);
    expect(blocks.length).toBeGreaterThan(0);
    const detent = `detent() { "${process.execPath}" "${join(root, "dist/package/cli/main.js")}" "$@"; }`;
    const { DETENT_KEY: _key, DETENT_PROFILE: _profile, ...others } = process.env;
    const env = { ...others, DETENT_URL: cli().url, XDG_CONFIG_HOME: cli().dir, XDG_STATE_HOME: cli().dir };
    for (const block of blocks) {
      const script = ["-euo", "pipefail", "-c", `${detent}\n${block}`];
      await promisify(execFile)("bash", script, { cwd: cli().dir, env });
    }
  });
}
