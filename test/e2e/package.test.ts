/** What `npm pack` makes, and what it is after an installation: whole, small, the same each time, and nothing too much. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { readProgram } from "../pages.ts";
import { installInto, makeWorkplace, packCheckout, run, shellEnvironment, type Tarball } from "../installed-package.ts";

const root = join(import.meta.dirname, "../..");
const ENTRIES = ["client", "engine", "testing"];
/** Half as much again as everything compiled has now. What is over this got in by mistake: maps, pictures, the Worker. */
const LARGEST_TARBALL_BYTES = 600_000;
/** Rooms that are the server's alone. */
const SERVER_ROOMS = ["auth", "http", "jobs", "limits", "local", "queue", "rpc", "upkeep"];

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let tarball: Tarball;
let project: string;
const inProject = (...args: [command: string, ...rest: string[]]): Promise<string> =>
  run(project, args[0], args.slice(1));

beforeAll(async () => {
  workplace = await makeWorkplace();
  tarball = await packCheckout(join(workplace.dir, "first"), process.env);
  project = await installInto(join(workplace.dir, "project"), tarball.path);
});
afterAll(() => workplace?.remove());

describe("the tarball", () => {
  test("has the compiled entries, the protos and the papers, and nothing else", async () => {
    const packed = tarball.files.map(({ path }) => path);
    const inside =
      /^(?:dist\/package\/.+\.(?:js|d\.ts)|proto\/.+\.proto|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    expect(packed.filter((path) => !inside.test(path))).toEqual([]);
    expect(packed).toEqual(expect.arrayContaining(["package.json", "README.md", "LICENSE", "CHANGELOG.md"]));
    expect(packed).toEqual(expect.arrayContaining(ENTRIES.map((entry) => `dist/package/${entry}/index.d.ts`)));
    const protos = (await readdir(join(root, "proto"), { recursive: true })).filter((path) => path.endsWith(".proto"));
    const packedProtos = packed.filter((path) => path.startsWith("proto/"));
    expect(packedProtos.toSorted()).toEqual(protos.map((path) => `proto/${path}`).toSorted());
    const compiled = packed.filter((path) => path.startsWith("dist/package/"));
    const rooms = new Set(compiled.map((path) => path.split("/")[2]));
    expect(SERVER_ROOMS.filter((room) => rooms.has(room))).toEqual([]);
    expect(packed).not.toContain("dist/package/worker.js");
  });

  test("is small", () => {
    expect(tarball.size).toBeLessThanOrEqual(LARGEST_TARBALL_BYTES);
  });

  test("has a command that can be executed", () => {
    const command = tarball.files.find(({ path }) => path === "dist/package/cli/main.js");
    expect((command?.mode ?? 0) & 0o111).toBe(0o111);
  });

  test("is the same when it is packed again, whichever Node runs npm", async () => {
    const again = await packCheckout(join(workplace.dir, "again"), shellEnvironment());
    expect(again.shasum).toBe(tarball.shasum);
  });

  test("leaves publint nothing to say", async () => {
    const contents = await readFile(tarball.path);
    const { messages, pkg } = await publint({ pack: { tarball: Uint8Array.from(contents).buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });
});

describe("an installation", () => {
  test("misses nothing and has nothing extraneous", async () => {
    const tree = JSON.parse(await inProject("npm", "ls", "--all", "--json")) as {
      problems?: string[];
      error?: unknown;
    };
    expect(tree.problems ?? []).toEqual([]);
    expect(tree.error).toBeUndefined();
  });

  test("has the command", async () => {
    expect(await inProject("npx", "detent", "--help")).toContain("Usage: detent");
    expect(await inProject("npx", "detent", "--version")).toBe(`${packageJson.version}\n`);
  });

  test.each(ENTRIES)("detent/%s is imported by plain JavaScript, and required", async (entry) => {
    const names = (how: string): string => `console.log(Object.keys(${how}("detent/${entry}")).sort().join(" "))`;
    const imported = await inProject("node", "--input-type=module", "-e", names("await import"));
    expect(imported.trim()).not.toBe("");
    expect(await inProject("node", "--input-type=commonjs", "-e", names("require"))).toBe(imported);
  });

  test.each([
    "detent",
    "detent/cli",
    "detent/dist/package/client/index.js",
    "detent/dist/package/machine/machine.js",
    "detent/proto/landed.binpb",
    "detent/client/index.js",
  ])("%s is nobody's business", async (inner) => {
    const importing = inProject("node", "--input-type=module", "-e", `await import(${JSON.stringify(inner)})`);
    await expect(importing).rejects.toThrow("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  test("importing an entry does nothing: what is not used of it may be left out", async () => {
    const source = `
      const lookAround = () => {
        const globals = Object.getOwnPropertyNames(globalThis);
        const prototypes = globals.flatMap((name) => {
          const { value } = Object.getOwnPropertyDescriptor(globalThis, name);
          return [value, value?.prototype].map((owner) => (owner == null ? [] : Reflect.ownKeys(Object(owner)).map(String)));
        });
        return JSON.stringify([globals, prototypes, process.eventNames().map(String), process.getActiveResourcesInfo()]);
      };
      void [fetch, Headers]; // Node makes them when they are first named
      const before = lookAround();
      for (const entry of ${JSON.stringify(ENTRIES)}) await import("detent/" + entry);
      console.log(lookAround() === before);
    `;
    expect(await inProject("node", "--input-type=module", "-e", source)).toBe("true\n");
  });

  test("the program of docs/engine.md prints what the page says", async () => {
    const { source, prints } = await readProgram("docs/engine.md", "ts");
    await writeFile(join(project, "engine-page.ts"), source);
    expect((await inProject("node", "engine-page.ts")).trimEnd().split("\n")).toEqual(prints);
  });

  test("protos of others may import ours", async () => {
    const find = `console.log(require.resolve("detent/proto/detent/v1/machine_service.proto"))`;
    const found = (await inProject("node", "--input-type=commonjs", "-e", find)).trim();
    expect(found).toBe(join(project, "node_modules/detent/proto/detent/v1/machine_service.proto"));
    const theirs = `syntax = "proto3";\npackage shop.v1;\nimport "detent/v1/receipt.proto";\nmessage Order { detent.v1.Receipt receipt = 1; }\n`;
    const modules = { version: "v2", modules: [{ path: "protos" }, { path: "node_modules/detent/proto" }] };
    await writeFile(join(project, "buf.yaml"), JSON.stringify(modules));
    await run(project, "mkdir", ["-p", "protos/shop/v1"]);
    await writeFile(join(project, "protos/shop/v1/order.proto"), theirs);
    await run(project, join(root, "node_modules/.bin/buf"), ["build", "--output", "image.binpb"]);
    expect((await readFile(join(project, "image.binpb"))).includes("shop.v1")).toBe(true);
  });

  test("what it imports are its declared dependencies, all of them and no others", async () => {
    const imported = await findImported(join(project, "node_modules/detent/dist/package"));
    const declared = Object.keys(packageJson.dependencies);
    expect([...imported].filter((name) => !declared.includes(name))).toEqual([]);
    expect(declared.filter((name) => !imported.has(name))).toEqual([]);
  });

  test("works where nothing is found but what is declared", async () => {
    const strict = await installInto(join(workplace.dir, "linked"), tarball.path, ["--install-strategy=linked"]);
    expect((await readdir(join(strict, "node_modules"))).filter((name) => !name.startsWith("."))).toEqual(["detent"]);
    const all = ENTRIES.map((entry) => `await import("detent/${entry}");`).join("");
    await run(strict, "node", ["--input-type=module", "-e", all]);
    expect(await run(strict, "npx", ["detent", "--help"])).toContain("Usage: detent");
  });
});

/** Packages that the compiled code and its declarations name; what Node has itself is named `node:`. */
async function findImported(dir: string): Promise<Set<string>> {
  const files = (await readdir(dir, { recursive: true })).map((file) => join(dir, file));
  const { metafile } = await build({
    entryPoints: files.filter((file) => file.endsWith(".js")),
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    outdir: dir,
    write: false,
    metafile: true,
  });
  const specifiers = new Set(Object.values(metafile.inputs).flatMap((input) => input.imports.filter(isOutside)));
  const named = [...specifiers].map(({ path }) => path);
  for (const file of files.filter((name) => name.endsWith(".d.ts"))) {
    const text = (await readFile(file, "utf8")).replaceAll(/\/\*[\s\S]*?\*\//g, "");
    for (const [, path = ""] of text.matchAll(/(?:\bfrom|\bimport\s*\(?)\s*"([^".][^"]*)"/g)) named.push(path);
    for (const [, path = ""] of text.matchAll(/reference types="([^"]+)"/g)) named.push(path);
  }
  expect(named.filter((path) => builtinModules.includes(path) && !path.startsWith("node:"))).toEqual([]);
  const outside = named.filter((path) => !path.startsWith("node:"));
  return new Set(outside.map((path) => path.split("/", path.startsWith("@") ? 2 : 1).join("/")));
}

function isOutside({ external }: { external?: boolean }): boolean {
  return external === true;
}
