import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { expect, test } from "vitest";
import { writeConfigWithTransitions } from "../../src/local/own-config.ts";

const root = join(import.meta.dirname, "../..");

interface WranglerFile {
  readonly main: string;
  readonly build: { readonly command: string; readonly watch_dir: string };
  readonly assets: { readonly directory: string };
  readonly d1_databases: readonly { readonly migrations_dir: string }[];
  readonly queues: { readonly producers: object[]; readonly consumers: object[] };
}

function placesIn({ main, build, assets, d1_databases }: WranglerFile, dir: string): string[] {
  const migrations = d1_databases.map((database) => database.migrations_dir);
  return [main, build.watch_dir, assets.directory, ...migrations].map((path) => join(dir, path));
}

test("a server that tells every change is configured as the others, with one queue more; twice gives the same", async () => {
  const dir = await mkdtemp(join(tmpdir(), "detent-config-"));
  try {
    const committed = parse(await readFile(join(root, "wrangler.toml"), "utf8")) as unknown as WranglerFile;
    const path = await writeConfigWithTransitions(root, join(dir, "state"));
    const text = await readFile(path, "utf8");
    const made = parse(text) as unknown as WranglerFile;
    const { queues, main: _main, assets: _assets, d1_databases: _databases, build, ...others } = made;
    const transitions = { binding: "TRANSITIONS", queue: "transitions" };
    expect(queues).toEqual({ ...committed.queues, producers: [...committed.queues.producers, transitions] });
    expect(committed).toMatchObject(others);
    // Where wrangler is started, it has nothing to do with where the file is.
    expect(build).toEqual({ ...committed.build, watch_dir: build.watch_dir });
    expect(placesIn(made, join(dir, "state"))).toEqual(placesIn(committed, root));
    // Where the committed file has the queue, it is not there twice.
    await cp(path, join(dir, "wrangler.toml"));
    const again = parse(await readFile(await writeConfigWithTransitions(dir, join(dir, "again")), "utf8"));
    expect(again).toMatchObject({ queues: made.queues });
    await writeFile(join(dir, "wrangler.toml"), "no toml");
    await expect(writeConfigWithTransitions(dir, dir)).rejects.toThrow("Invalid TOML");
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
