/** `npm run build:package`: what others install, compiled, in `dist/package`. Nothing of an earlier build is left in it. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

rmSync(join(root, "dist/package"), { recursive: true, force: true });
execFileSync("tsc", ["-p", "src/local/package/tsconfig.json"], { cwd: root, stdio: "inherit" });
