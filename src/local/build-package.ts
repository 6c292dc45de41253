/**
 * `npm run build:package`: what others install, compiled, in `dist/package`. Nothing of an earlier build is left in it; where
 * the compiler complains, nothing is there at all.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../..");
const built = join(root, "dist/package");
// By its own path, so that a shell that has no `tsc`, or another one, builds the same.
const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));

rmSync(built, { recursive: true, force: true });
try {
  const compile = [join(typescript, "bin/tsc"), "-p", join(root, "src/local/package/tsconfig.json")];
  execFileSync(process.execPath, compile, { stdio: "inherit" });
  // npm makes it so when it packs or installs; this is for who runs it from here.
  chmodSync(join(built, "cli/main.js"), 0o755);
} catch (error) {
  rmSync(built, { recursive: true, force: true });
  // The compiler has said what is wrong.
  process.exitCode = 1;
  if (!(error instanceof Error && "status" in error && typeof error.status === "number")) throw error;
}
