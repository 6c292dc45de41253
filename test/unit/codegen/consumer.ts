/**
 * A project as somebody has it who installed the package: its compiled client in `node_modules`, no types of Node or Workers, and
 * every declaration checked.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** What the compiler has said. */
interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

export interface Consumer {
  readonly dir: string;
  /** Checks the files, named relative to the project, all in one run; answers what is wrong with them. */
  check(files: Readonly<Record<string, string>>): Promise<Diagnostic[]>;
  remove(): Promise<void>;
}

/** Compiles the client as the package has it, and makes an empty project that has installed it. */
export async function createConsumer(): Promise<Consumer> {
  const dir = await mkdtemp(join(tmpdir(), "detent-consumer-"));
  const installed = join(dir, "node_modules/detent");
  await mkdir(installed, { recursive: true });
  await cp(join(root, "package.json"), join(installed, "package.json"));
  for (const dependency of ["@connectrpc", "@bufbuild"]) {
    await symlink(join(root, "node_modules", dependency), join(dir, "node_modules", dependency));
  }
  const options = {
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: join(root, "src"),
    outDir: join(installed, "dist/package"),
    // Nothing that only one platform has, and nothing that a browser of some years does not have.
    lib: ["ES2022", "DOM"],
    types: [],
  };
  const project = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: options,
    files: [join(root, "src/client/index.ts")],
    include: [],
  };
  await writeFile(join(dir, "package.tsconfig.json"), JSON.stringify(project));
  const built = await compile(dir, "package.tsconfig.json");
  if (built.length > 0) throw new Error(`the client does not compile: ${JSON.stringify(built)}`);

  const check = async (files: Readonly<Record<string, string>>): Promise<Diagnostic[]> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(join(dir, name), text);
    }
    const compilerOptions = {
      target: "ES2022",
      lib: ["ES2022", "DOM", "DOM.Iterable"],
      module: "NodeNext",
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noUnusedLocals: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
      isolatedDeclarations: true,
      declaration: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: false,
      types: [],
    };
    await writeFile(join(dir, "package.json"), JSON.stringify({ type: "module" }));
    await writeFile(join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
    return await compile(dir, "tsconfig.json");
  };
  return { dir, check, remove: () => rm(dir, { recursive: true, force: true }) };
}

function compile(dir: string, project: string): Promise<Diagnostic[]> {
  const tsc = join(root, "node_modules/.bin/tsc");
  return new Promise((resolve, reject) => {
    execFile(tsc, ["-p", project, "--pretty", "false"], { cwd: dir, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const found = readDiagnostics(stdout);
      if (error !== null && found.length === 0) reject(new Error(`tsc failed:\n${stdout}${stderr}`, { cause: error }));
      else resolve(found);
    });
  });
}

function readDiagnostics(output: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const line of output.split("\n")) {
    const match = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/.exec(line);
    const last = found.at(-1);
    if (match) {
      const [, file = "", at = "", code = "", message = ""] = match;
      found.push({ file, line: Number(at), code, message });
    } else if (line.startsWith("error TS")) found.push({ file: "", line: 0, code: line.slice(6, 12), message: line });
    else if (last && line.startsWith(" ")) found[found.length - 1] = { ...last, message: `${last.message}\n${line}` };
  }
  return found;
}
