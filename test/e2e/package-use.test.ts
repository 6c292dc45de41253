/** The package in other people's projects: their compilers, with all checks on, and their bundlers, for browsers. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readProgram } from "../pages.ts";
import { installInto, makeWorkplace, packCheckout, run, shellEnvironment } from "../installed-package.ts";

const root = join(import.meta.dirname, "../..");
const TYPES_OF_NODE = { types: ["node"], typeRoots: [join(root, "node_modules/@types")] };

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let project: string;

beforeAll(async () => {
  workplace = await makeWorkplace();
  const tarball = await packCheckout(workplace.dir, shellEnvironment());
  project = await installInto(join(workplace.dir, "project"), tarball.path);
});
afterAll(() => workplace?.remove());

const RESOLUTIONS = [
  { module: "nodenext", moduleResolution: "nodenext" },
  { module: "esnext", moduleResolution: "bundler" },
];

describe.each(RESOLUTIONS)("with module resolution $moduleResolution", (resolution) => {
  /** Type-checks sources in a project of their own; what its libraries declare is checked, too. */
  async function check(name: string, sources: Record<string, string>, options: object): Promise<void> {
    const dir = join(project, `${name}-${resolution.moduleResolution}`);
    await mkdir(dir);
    for (const [file, source] of Object.entries(sources)) await writeFile(join(dir, file), source);
    const compilerOptions = {
      ...resolution,
      ...options,
      target: "es2024",
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    };
    await writeFile(join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions, files: Object.keys(sources) }));
    await run(dir, process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", dir]);
  }
  const importing = (...entries: string[]): string =>
    entries.map((entry) => `export * as ${entry} from "detent/${entry}";\n`).join("");

  test("the client is checked without the types of Node and of Workers", async () => {
    await check("client", { "client.ts": importing("client") }, { types: [], lib: ["es2022", "dom"] });
  });

  test("the engine is checked without the types of any platform", async () => {
    await check("engine", { "engine.ts": importing("engine") }, { types: [], lib: ["es2022"] });
  });

  test("the entries are checked together without the types of Workers", async () => {
    const sources = {
      "all.ts": importing("client", "engine", "testing"),
      "old.cts": importing("client", "engine", "testing"),
    };
    await check("all", sources, { ...TYPES_OF_NODE, lib: ["es2024", "dom"] });
  });

  test("the program of docs/engine.md is checked", async () => {
    const { source } = await readProgram("docs/engine.md", "ts");
    await check("page", { "page.ts": source }, { types: [], lib: ["es2022", "dom"] });
  });

  test("what is wrong is found: an event that is no event is a type error", async () => {
    const source = `import { step, type Configuration } from "detent/engine";
      export const stepped = (c: Configuration) => step(c, { state: "a", revision: 0, data: {} }, { nom: "go" }, 0);`;
    const checking = check("wrong", { "wrong.ts": source }, { types: [], lib: ["es2022"] });
    await expect(checking).rejects.toThrow("'nom' does not exist in type 'SentEvent'");
  });
});

/** Bundles a page's script as its author would, and says what went in. */
async function bundle(script: string): Promise<{ bytes: number; gzipped: number; inputs: string[]; text: string }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: script, resolveDir: project },
    bundle: true,
    minify: true,
    platform: "browser",
    external: ["node:*"],
    format: "esm",
    write: false,
    metafile: true,
    logLevel: "error",
    absWorkingDir: project,
  });
  const [{ contents, text } = { contents: new Uint8Array(), text: "" }] = outputFiles;
  const inputs = Object.keys(metafile.inputs).filter((path) => path !== "<stdin>");
  return { bytes: contents.byteLength, gzipped: gzipSync(contents).byteLength, inputs, text };
}

describe("in a browser's bundle", () => {
  const SENDING = `
    import { createClient } from "detent/client";
    const { machines } = createClient({ url: location.origin });
    await machines.sendEvent({ configuration: "orders", id: "7", event: "ship", eventId: "e-1" });`;
  /** Compressed. The messages' library and their descriptors are 20 KB of it and Connect 17; the rest is left for the client's own. */
  const LARGEST_PAGE_BYTES = 55_000;

  test("the client has nothing of the server, nothing of Node, and is small", async () => {
    const page = await bundle(SENDING);
    const inside =
      /^node_modules\/(?:detent\/dist\/package\/(?:client|gen)|@bufbuild\/protobuf|@connectrpc\/connect(?:-web)?)\//;
    expect(page.inputs.filter((path) => !inside.test(path))).toEqual([]);
    expect(page.inputs).toContain("node_modules/detent/dist/package/client/index.js");
    expect(page.text).not.toMatch(/["']node:/);
    expect(page.gzipped).toBeLessThanOrEqual(LARGEST_PAGE_BYTES);
  });

  test("the engine needs its patterns' library and nothing else", async () => {
    const page = await bundle(`export * from "detent/engine";`);
    const inside = /^node_modules\/(?:detent\/dist\/package\/engine|@bufbuild\/re2)\//;
    expect(page.inputs.filter((path) => !inside.test(path))).toEqual([]);
  });

  test.each(["client", "engine", "testing"])("what is not used of detent/%s is left out", async (entry) => {
    expect((await bundle(`import "detent/${entry}";`)).bytes).toBe(0);
  });

  test("who only reads durations gets no engine", async () => {
    const page = await bundle(`import { parseDuration } from "detent/engine"; console.log(parseDuration("PT1M"));`);
    expect(page.bytes).toBeLessThan(3_000);
  });
});
