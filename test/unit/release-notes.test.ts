/** A release is refused before anything is built, with a sentence that says why; otherwise it says what the changelog says. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { readNotes, ReleaseError } from "../../src/local/release/notes.ts";

const CHANGELOG = `# Changelog

Newest first.

## Unreleased

- Something to come.

## 1.2.3 (2026-11-27)

- One thing.
- Another:

\`\`\`md
## 1.2.2
\`\`\`

### Upgrading

Nothing to do.

## 1.2.3-rc.1

- A try.

## 1.2

## 1.2.1

`;
const papersOf = (version: string, changelog = CHANGELOG) => ({
  manifest: JSON.stringify({ version }),
  lock: JSON.stringify({ version }),
  changelog,
});

describe("readNotes", () => {
  test("answers the section of the version, with its subsections and its code, without the others", () => {
    const notes = readNotes("v1.2.3", papersOf("1.2.3"));
    expect(notes).toMatch(/^- One thing\.\n/);
    expect(notes).toContain("\n## 1.2.2\n");
    expect(notes).toMatch(/### Upgrading\n\nNothing to do\.$/);
    expect(notes).not.toMatch(/to come|A try/);
  });

  test("tells a version from one that begins like it", () => {
    expect(readNotes("v1.2.3-rc.1", papersOf("1.2.3-rc.1"))).toBe("- A try.");
  });

  test("reads files with carriage returns", () => {
    expect(readNotes("v1.2.3-rc.1", papersOf("1.2.3-rc.1", CHANGELOG.replaceAll("\n", "\r\n")))).toBe("- A try.");
  });

  test.each([
    "",
    "1.2.3",
    "v1.2",
    "v1.2.3.4",
    "v01.2.3",
    "v1.2.3+build",
    "v1.2.3 ",
    "v1.2.3\n",
    "vx",
    "refs/tags/v1.2.3",
  ])("refuses the tag %j", (tag) => {
    expect(() => readNotes(tag, papersOf("1.2.3"))).toThrow(ReleaseError);
  });

  test.each([
    [
      "package.json",
      { ...papersOf("1.2.3"), manifest: '{"version":"1.2.4"}' },
      "version 1.2.3, but package.json has version 1.2.4",
    ],
    ["package.json without one", { ...papersOf("1.2.3"), manifest: "{}" }, "package.json has version undefined"],
    ["package.json that is none", { ...papersOf("1.2.3"), manifest: "{" }, "package.json is no JSON"],
    ["package-lock.json", { ...papersOf("1.2.3"), lock: '{"version":"1.2.2"}' }, "package-lock.json has version 1.2.2"],
  ])("refuses another version in %s", (_what, papers, message) => {
    expect(() => readNotes("v1.2.3", papers)).toThrow(message);
  });

  test("refuses a version that the changelog does not have, has twice or has nothing to say of", () => {
    expect(() => readNotes("v2.0.0", papersOf("2.0.0"))).toThrow('CHANGELOG.md has no section "## 2.0.0"');
    expect(() => readNotes("v1.2.2", papersOf("1.2.2"))).toThrow('no section "## 1.2.2"');
    expect(() => readNotes("v1.2.1", papersOf("1.2.1"))).toThrow('The section "## 1.2.1" of CHANGELOG.md is empty');
    const twice = papersOf("1.2.3-rc.1", `${CHANGELOG}## 1.2.3-rc.1\n\n- Again.\n`);
    expect(() => readNotes("v1.2.3-rc.1", twice)).toThrow("CHANGELOG.md has 2 sections of 1.2.3-rc.1");
  });
});

describe("the command", () => {
  const script = join(import.meta.dirname, "../../src/local/release-notes.ts");
  async function ask(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    try {
      return { code: 0, ...(await promisify(execFile)(process.execPath, [script, ...args])) };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  test("prints the notes alone, or says in one line why not and ends with 1", async () => {
    const dir = await mkdtemp(join(tmpdir(), "detent-release-"));
    try {
      const { manifest, lock, changelog } = papersOf("1.2.3-rc.1");
      await writeFile(join(dir, "package.json"), manifest);
      await writeFile(join(dir, "package-lock.json"), lock);
      expect(await ask("v1.2.3-rc.1", dir)).toMatchObject({ code: 1, stdout: "" });
      await writeFile(join(dir, "CHANGELOG.md"), changelog);
      expect(await ask("v1.2.3-rc.1", dir)).toEqual({ code: 0, stdout: "- A try.\n", stderr: "" });
      const message = "The tag v1.2.3 is of version 1.2.3, but package.json has version 1.2.3-rc.1.\n";
      expect(await ask("v1.2.3", dir)).toMatchObject({ code: 1, stdout: "", stderr: message });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  test("looks at the repository, and needs a tag", async () => {
    const other = await ask("v999.0.0");
    expect(other).toMatchObject({ code: 1, stdout: "" });
    expect(other.stderr).toMatch(/^The tag v999\.0\.0 is of version 999\.0\.0, but package\.json has version \d/);
    expect(await ask()).toMatchObject({ code: 2, stdout: "" });
  });
});
