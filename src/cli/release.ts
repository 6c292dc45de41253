/** The package's own version. */
import { createRequire } from "node:module";

// By its name, since the compiled file lies deeper than the source.
const { version } = createRequire(import.meta.url)("detent/package.json") as { version: string };

export const RELEASE = version;
