/** What comes with the client: nothing of the server, nothing of Node, and not much. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
/** Compressed: what a page loads. Most of it are Connect and Protocol Buffers. */
const MOST_KILOBYTES = 60;

const bundle = await build({
  absWorkingDir: root,
  entryPoints: ["src/client/index.ts"],
  bundle: true,
  write: false,
  minify: true,
  metafile: true,
  format: "esm",
  // A module of Node would be an error here.
  platform: "browser",
});

test("the client imports itself, the generated messages, Connect and Protocol Buffers", () => {
  const places = Object.keys(bundle.metafile.inputs).map(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split("/").slice(0, 2).join("/"),
  );
  expect([...new Set(places)].toSorted()).toEqual([
    "@bufbuild/protobuf",
    "@connectrpc/connect",
    "@connectrpc/connect-web",
    "src/client",
    "src/gen",
  ]);
});

test("a page loads little of it", () => {
  const [output] = bundle.outputFiles;
  expect(gzipSync(output?.contents ?? "").byteLength / 1_024).toBeLessThan(MOST_KILOBYTES);
});
