/**
 * `npm run build:console`: bundles `src/console` into `src/http/assets/console`, from where the Worker serves it. wrangler runs it
 * before it serves, bundles or deploys ([build] in wrangler.toml). Files are named by their content and written only where they
 * differ, so that servers that are running do not load again what has stayed the same.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type BuildOptions } from "esbuild";

const root = join(import.meta.dirname, "../..");
const source = join(root, "src/console");
const target = join(root, "src/http/assets/console");

const COMMON = {
  bundle: true,
  format: "esm",
  // What runs on browsers of the last three years or so: https://caniuse.com/mdn-javascript_builtins_promise_withresolvers
  target: "es2023",
  minify: true,
  legalComments: "none",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  outdir: target,
  write: false,
  metafile: true,
  logLevel: "warning",
  tsconfig: join(source, "tsconfig.json"),
} as const satisfies BuildOptions;

const files = new Map<string, Uint8Array>();

const worker = await bundle({ entryPoints: { diagram: join(source, "diagram/diagram-worker.ts") } });
const page = await bundle({
  entryPoints: { console: join(source, "main.tsx") },
  splitting: true,
  define: { DIAGRAM_WORKER: JSON.stringify(nameOf(worker, /^diagram-.*\.js$/)) },
});
const icon = await readFile(join(source, "icon.svg"));
const iconName = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8).toUpperCase()}.svg`;
files.set(iconName, icon);
const shell = (await readFile(join(source, "shell.html"), "utf8"))
  .replace("{{icon}}", `/console/${iconName}`)
  .replace("{{style}}", nameOf(page, /^console-.*\.css$/))
  .replace("{{script}}", nameOf(page, /^console-.*\.js$/));
files.set("shell.html", new TextEncoder().encode(shell));
await deliver();

/** Bundles, and answers the names of what came of it. */
async function bundle(options: BuildOptions): Promise<string[]> {
  const { outputFiles } = await build({ ...COMMON, ...options, write: false });
  for (const { path, contents } of outputFiles) files.set(basename(path), contents);
  return outputFiles.map(({ path }) => basename(path));
}

/** Where the one of them is served whose name is like that. */
function nameOf(names: readonly string[], like: RegExp): string {
  const found = names.find((name) => like.test(name));
  if (found === undefined) throw new Error(`the build has made no ${String(like)}: ${names.join(", ")}`);
  return `/console/${found}`;
}

/** The shell comes last and the old files go behind it: whatever a reader finds is there. */
async function deliver(): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const [name, contents] of files) await writeChanged(join(target, name), contents);
  for (const name of await readdir(target)) if (!files.has(name)) await rm(join(target, name), { force: true });
}

async function writeChanged(path: string, contents: Uint8Array): Promise<void> {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(contents)) return;
  // Another build may be at it at the same time: each writes a file of its own, and either is right.
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, contents);
  await rename(draft, path);
}
