/**
 * The wrangler file of a server on this machine that tells every change of a machine, too: the committed one with the queue
 * `transitions`. Knows nothing of what is in it besides.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parse, stringify } from "smol-toml";

interface WranglerFile {
  readonly main: string;
  readonly build: { readonly command: string; readonly watch_dir: string };
  readonly assets: { readonly directory: string };
  readonly d1_databases: readonly { readonly migrations_dir: string }[];
  readonly queues: { readonly producers: readonly { readonly binding: string; readonly queue: string }[] };
}

/** Makes it anew in `dir` from `wrangler.toml` in `root`, and answers where it is. */
export async function writeConfigWithTransitions(root: string, dir: string): Promise<string> {
  const committed = parse(await readFile(join(root, "wrangler.toml"), "utf8")) as unknown as WranglerFile;
  const { main, build, assets, d1_databases, queues } = committed;
  const others = queues.producers.filter(({ binding }) => binding !== "TRANSITIONS");
  const file = {
    ...committed,
    main: join(root, main),
    // wrangler reads `watch_dir` from the file and `cwd` as it stands.
    build: { ...build, cwd: root, watch_dir: relative(dir, join(root, build.watch_dir)) },
    assets: { ...assets, directory: join(root, assets.directory) },
    d1_databases: d1_databases.map((database) => ({
      ...database,
      migrations_dir: join(root, database.migrations_dir),
    })),
    queues: { ...queues, producers: [...others, { binding: "TRANSITIONS", queue: "transitions" }] },
  };
  await mkdir(dir, { recursive: true });
  const path = join(dir, "wrangler.toml");
  await writeFile(path, `# Made anew by each start from the repository's wrangler.toml.\n${stringify(file)}`);
  return path;
}
