/** The package as others have it: packed from a checkout in which nothing was built, installed into a project that has nothing. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, relative, sep } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");
/** What a checkout does not have. */
const NOT_CHECKED_OUT = new Set([".deployments", ".git", ".wrangler", "dist", "node_modules"]);

/** What `npm pack` says of what it packed. */
export interface Tarball {
  readonly path: string;
  readonly shasum: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** The environment of a shell that no script of ours has started: npm of this machine, run by the Node that it has. */
export function shellEnvironment(): NodeJS.ProcessEnv {
  const { PATH = "", ...others } = process.env;
  const inherited = /^npm_(?:config_local_prefix|lifecycle|package)/;
  const kept = Object.entries(others).filter(([name]) => !inherited.test(name));
  const folders = PATH.split(delimiter).filter((folder) => !folder.endsWith(join("node_modules", ".bin")));
  return { ...Object.fromEntries(kept), PATH: folders.join(delimiter) };
}

/** Runs a command and answers what it printed; what it complained of stands in the error. */
export async function run(cwd: string, command: string, args: readonly string[], env = process.env): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`, { cause: error });
  }
}

/** A directory of its own for what a test makes, and what removes it. */
export async function makeWorkplace(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "detent-package-"));
  return { dir, remove: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Packs a fresh checkout in `dir`, with the dependencies that are installed here. */
export async function packCheckout(dir: string, env: NodeJS.ProcessEnv): Promise<Tarball> {
  const checkout = join(dir, "checkout");
  const isCheckedOut = (path: string): boolean =>
    !relative(root, path)
      .split(sep)
      .some((part) => NOT_CHECKED_OUT.has(part));
  await cp(root, checkout, { recursive: true, filter: isCheckedOut });
  await symlink(join(root, "node_modules"), join(checkout, "node_modules"), "dir");
  const printed = await run(checkout, "npm", ["pack", "--json", "--pack-destination", dir], env);
  const [packed] = JSON.parse(printed) as (Omit<Tarball, "path"> & { filename: string })[];
  if (packed === undefined) throw new Error(`npm packed nothing:\n${printed}`);
  return { ...packed, path: join(dir, packed.filename) };
}

/** Installs the tarball into an empty project in `dir`, with its dependencies and nothing else. */
export async function installInto(dir: string, tarball: string, flags: readonly string[] = []): Promise<string> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "package.json"), '{ "name": "empty", "private": true, "type": "module" }\n');
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", ...flags, tarball];
  await run(dir, "npm", args, shellEnvironment());
  return dir;
}
