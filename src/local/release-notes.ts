/**
 * `node src/local/release-notes.ts v1.2.3`: prints what CHANGELOG.md says of the version, for the release that a tag makes.
 * Ends with 1 and a sentence where the tag cannot be released, with 2 where it was called wrongly. A directory behind the
 * tag is looked at instead of the repository. Needs nothing installed: it is asked before anything is.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readNotes, ReleaseError } from "./release/notes.ts";

const [tag, dir = join(import.meta.dirname, "../.."), ...others] = process.argv.slice(2);
const read = (name: string): Promise<string> => readFile(join(dir, name), "utf8");

if (tag === undefined || others.length > 0) {
  console.error("Usage: node src/local/release-notes.ts TAG [DIR], for example v1.2.3");
  process.exitCode = 2;
} else {
  try {
    const [manifest, lock, changelog] = await Promise.all(
      ["package.json", "package-lock.json", "CHANGELOG.md"].map(read),
    );
    console.log(readNotes(tag, { manifest: manifest ?? "", lock: lock ?? "", changelog: changelog ?? "" }));
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing && !(error instanceof ReleaseError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
