/** Which Node.js the kit runs on: an older one fails somewhere deep inside, and says nothing of why. */
import { UsageError } from "./usage-error.ts";

/** The first with node:sqlite and all else that the kit and the engine take for given: `engines` in package.json. */
const OLDEST = [22, 13] as const;

/** Throws a UsageError that names both versions where this Node.js is too old. */
export function requireNode(version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new UsageError(`detent/testing needs Node.js ${OLDEST.join(".")} or newer; this is ${version}`);
}
