/** The committed wrangler file as another directory has it: its paths lead to the same places from there. */
import { join, relative, sep } from "node:path";

/** What in it is a path. */
export interface Paths {
  readonly main: string;
  readonly build: { readonly command: string; readonly watch_dir: string };
  readonly assets: { readonly directory: string };
  readonly d1_databases: readonly { readonly migrations_dir: string }[];
}

/**
 * The file of `root` for `dir`. Its build keeps running where wrangler is started, as wrangler has it for files without a
 * `build.cwd`: that has to be the repository, where npx finds wrangler, and npm the script.
 */
export function moveConfig<T extends Paths>(file: T, root: string, dir: string): T {
  const there = (path: string): string => relative(dir, join(root, path)).split(sep).join("/");
  return {
    ...file,
    main: there(file.main),
    build: { ...file.build, watch_dir: there(file.build.watch_dir) },
    assets: { ...file.assets, directory: there(file.assets.directory) },
    d1_databases: file.d1_databases.map((database) => ({
      ...database,
      migrations_dir: there(database.migrations_dir),
    })),
  };
}
