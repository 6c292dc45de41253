/** What a page loads to draw what is being written. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

test("a picture is drawn without the engine's expressions and schemas, in 30 kB", async () => {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents: 'export { sketchOf } from "./src/diagram/sketch.ts"; export { renderSvg } from "./src/diagram/svg.ts";',
      resolveDir: root,
    },
    absWorkingDir: root,
    // Packages are where they are installed, wherever that is.
    preserveSymlinks: true,
    bundle: true,
    minify: true,
    format: "esm",
    metafile: true,
    write: false,
  });
  const files = Object.keys(metafile.inputs).filter((file) => file !== "<stdin>");
  const others = files.filter((file) => !/^src\/diagram\/|^node_modules\/@dagrejs\//.test(file));
  expect(others.toSorted()).toEqual(["src/engine/configuration.ts", "src/engine/limits.ts"]);
  const size = gzipSync(outputFiles[0]?.contents ?? "").length;
  expect(size).toBeLessThan(30_000);
});
