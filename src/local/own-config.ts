/**
 * The wrangler file of a server on this machine that tells every change of a machine, too: the committed one with the queue
 * `transitions`.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "smol-toml";
import { moveConfig, type Paths } from "./moved-config.ts";

interface WranglerFile extends Paths {
  readonly queues: { readonly producers: readonly { readonly binding: string; readonly queue: string }[] };
}

/** Makes it anew in `dir` from `wrangler.toml` in `root`, and answers where it is. */
export async function writeConfigWithTransitions(root: string, dir: string): Promise<string> {
  const committed = parse(await readFile(join(root, "wrangler.toml"), "utf8")) as unknown as WranglerFile;
  const { queues } = committed;
  const others = queues.producers.filter(({ binding }) => binding !== "TRANSITIONS");
  const producers = [...others, { binding: "TRANSITIONS", queue: "transitions" }];
  const file = { ...moveConfig(committed, root, dir), queues: { ...queues, producers } };
  await mkdir(dir, { recursive: true });
  const path = join(dir, "wrangler.toml");
  await writeFile(path, `# Made anew by each start from the repository's wrangler.toml.\n${stringify(file)}`);
  return path;
}
