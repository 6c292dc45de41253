/** The command line as its users run it: the compiled binary, in a process of its own, against a real server. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { checkOperationAnswer } from "./operation-answer.ts";

const root = join(import.meta.dirname, "../../..");
const BINARY = join(root, "dist/package/cli/main.js");

/** What a run of the binary left. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One that goes on. */
export interface Running {
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Its exit code. */
  readonly ended: Promise<number>;
  /** As Ctrl-C does. */
  interrupt(): void;
}

/** Compiles the package; before the first run. */
export async function buildPackage(): Promise<void> {
  await promisify(execFile)("npm", ["run", "--silent", "build:package"], { cwd: root });
}

export class Cli {
  readonly url: string;
  /** A directory of this test's own: profiles, files. */
  readonly dir: string;
  /** The command lines that were run, without what follows the operands' place: to see that no command is left out. */
  readonly lines: string[] = [];

  private constructor(url: string, dir: string) {
    this.url = url;
    this.dir = dir;
  }

  static async create(url: string): Promise<Cli> {
    return new Cli(url, await mkdtemp(join(tmpdir(), "detent-cli-")));
  }

  async close(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Writes a file; answers its path. */
  async write(name: string, content: unknown): Promise<string> {
    const file = join(this.dir, name);
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  }

  /** Runs `detent` with these arguments to its end. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const running = this.follow(args, options);
    const code = await running.ended;
    return { code, stdout: running.stdout(), stderr: running.stderr() };
  }

  /** Runs it, and does not wait for its end. */
  follow(args: readonly string[], options: RunOptions = {}): Running {
    const child = this.start(args, options);
    let [stdout, stderr] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.stdin?.end(options.input ?? "");
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => resolve(exitCode ?? -1));
    });
    return { stdout: () => stdout, stderr: () => stderr, ended, interrupt: () => child.kill("SIGINT") };
  }

  /** Starts it; whoever does ends it, too. */
  start(args: readonly string[], { env = {} }: RunOptions = {}): ChildProcess {
    this.lines.push(args.join(" "));
    return spawn(process.execPath, [BINARY, ...args], {
      cwd: this.dir,
      env: { ...this.#environment(), ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  /** How a shell is run in which `detent` is this one. */
  async shell(): Promise<{ readonly cwd: string; readonly env: NodeJS.ProcessEnv }> {
    const bin = join(this.dir, "bin");
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, "detent"), `#!/bin/sh\nexec "${process.execPath}" "${BINARY}" "$@"\n`, { mode: 0o755 });
    const environment = this.#environment();
    return { cwd: this.dir, env: { ...environment, PATH: `${bin}:${environment["PATH"] ?? ""}` } };
  }

  #environment(): NodeJS.ProcessEnv {
    const { DETENT_KEY: _key, DETENT_PROFILE: _profile, FORCE_COLOR: _color, ...others } = process.env;
    return { ...others, DETENT_URL: this.url, XDG_CONFIG_HOME: this.dir, XDG_STATE_HOME: this.dir };
  }

  /** Runs it and expects it to end well; answers what it printed. */
  async text(...args: readonly string[]): Promise<string> {
    const ran = await this.run(args);
    expect({ args, ...ran }).toMatchObject({ code: 0 });
    return ran.stdout;
  }

  /** The same with --json, and nothing but JSON on stdout. */
  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.text(...args, "--json")) as T;
  }

  /** The same, held against what the OpenAPI document says that an operation answers. */
  async answer<T>(operation: string, ...args: readonly string[]): Promise<T> {
    const answer = await this.json<T>(...args);
    checkOperationAnswer(operation, answer);
    return answer;
  }

  /** Uploads a configuration. */
  async upload(configuration: object): Promise<void> {
    const file = await this.write("uploaded.json", configuration);
    await this.text("config", "create", file);
  }

  /** Runs it and expects this exit code, and nothing on stdout; answers what it said on stderr. */
  async refusal(code: number, ...args: readonly string[]): Promise<string> {
    const ran = await this.run(args);
    expect({ args, ...ran }).toMatchObject({ code, stdout: "" });
    return ran.stderr;
  }
}

/** A configuration that tests share the shape of. */
export function ordersConfiguration(name: string, version = "v1") {
  return {
    name,
    version,
    starting_state: "start",
    states: ["start", "pending", "shipped", "cancelled"],
    transitions: [
      { from: "start", to: "pending", event: "accept" },
      { from: "pending", to: "shipped", event: "ship" },
      { from: "pending", to: "cancelled", event: "cancel" },
    ],
  };
}
