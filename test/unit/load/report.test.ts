/** The report of a load: whole or not there, every failure in it, and never in place of what is loaded. */
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Journal, type JournalHeader } from "../../../src/cli/load/journal.ts";
import { Report } from "../../../src/cli/load/report.ts";
import { Source } from "../../../src/cli/load/source.ts";
import type { LineFailure } from "../../../src/cli/load/tally.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-report-"));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

async function withSource<T>(
  name: string,
  content: string,
  use: (source: Source, file: string) => Promise<T>,
): Promise<T> {
  const file = join(dir, name);
  await writeFile(file, content);
  const source = await Source.open(file);
  try {
    return await use(source, file);
  } finally {
    await source.close();
  }
}

const headerOf = ({ name, sha256 }: Source): JournalHeader => ({
  detent_load: 1,
  file: name,
  sha256,
  url: "http://localhost",
});
const invalid = (line: number, message: string): LineFailure => ({
  line,
  outcome: "invalid",
  reason: "INVALID_LINE",
  message,
});

test("a report in place of what is loaded is refused, by whichever name, and nothing is lost", async () => {
  await withSource("same.ndjson", "{}\n", async (source, file) => {
    await symlink(file, join(dir, "link.ndjson"));
    for (const name of [file, join(dir, "link.ndjson"), join(dir, "../", dir.split("/").at(-1) ?? "", "same.ndjson")]) {
      await expect(Report.prepare(name, source)).rejects.toMatchObject({ name: "Failure", exitCode: 2 });
    }
    expect(await readFile(file, "utf8")).toBe("{}\n");
  });
});

test("a report that cannot be written is known before the load", async () => {
  await withSource("known.ndjson", "{}\n", async (source) => {
    for (const name of [join(dir, "none/report"), dir, join(dir, "known.ndjson/below")]) {
      await expect(Report.prepare(name, source)).rejects.toThrow(`${name} cannot be written`);
    }
  });
});

test("a report replaces what is there when it is whole, and not before", async () => {
  const own = await mkdtemp(join(dir, "own-"));
  const target = join(own, "report.ndjson");
  await writeFile(target, "earlier");
  await withSource("whole.ndjson", "{\n[]\n", async (source, file) => {
    const header = headerOf(source);
    const journalFile = join(dir, "whole.journal");
    const journal = await Journal.open(journalFile, header, false);
    journal.add({ done: [[1, 2]], applied: 1, duplicates: 0, failures: [invalid(2, "no")] });
    await journal.flush();
    await journal.close();
    const report = await Report.prepare(target, source);
    expect(await readFile(target, "utf8")).toBe("earlier");
    await report.write(source, journalFile, header);
    expect(JSON.parse(await readFile(target, "utf8"))).toEqual({ text: "[]", failure: invalid(2, "no") });
    // Changed, it cannot be reported: what was there stays.
    await writeFile(file, "{\n{}\n");
    await expect(report.write(source, journalFile, header)).rejects.toThrow("was changed while it was loaded");
    expect(JSON.parse(await readFile(target, "utf8"))).toMatchObject({ text: "[]" });
    expect(await readdir(own)).toEqual(["report.ndjson"]);
  });
});
