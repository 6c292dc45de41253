/**
 * What a command prints: data to stdout, talk to stderr (https://clig.dev). With `--json` data is JSON and nothing else;
 * with `--quiet` there is no talk but errors. Colours only where a terminal shows them, and not with NO_COLOR.
 */
import { styleText } from "node:util";
import { Refused, type Failure } from "./failure.ts";
import { toPrintable } from "./table.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

export class Output {
  /** Whether this process prints one thing after the other, for as long as somebody reads. */
  static isStreaming = false;
  readonly #isJson: boolean;
  readonly #isQuiet: boolean;

  constructor(options: { readonly json?: boolean | undefined; readonly quiet?: boolean | undefined }) {
    this.#isJson = options.json ?? false;
    this.#isQuiet = options.quiet ?? false;
  }

  /** Whether data is to be JSON. */
  get isJson(): boolean {
    return this.#isJson;
  }

  /** Whether somebody sees on a terminal what goes on. */
  get isWatched(): boolean {
    return !this.#isQuiet && process.stderr.isTTY;
  }

  /** What was asked for: `value` as JSON with --json, else as `text` says. */
  data(value: unknown, text: () => string): void {
    write(process.stdout, this.#isJson ? JSON.stringify(value, null, 2) : text());
  }

  /** What follows is printed for as long as somebody reads. */
  stream(): void {
    Output.isStreaming = true;
  }

  /** One of many that come over time: one line of JSON each (NDJSON) with --json. */
  item(value: unknown, text: () => string): void {
    this.stream();
    write(process.stdout, this.#isJson ? JSON.stringify(value) : text());
  }

  /** What was asked for is a text of its own: a diagram, a file. */
  raw(text: string): void {
    write(process.stdout, text.endsWith("\n") ? text.slice(0, -1) : text);
  }

  /** Talk: what was done, what goes on. */
  say(text: string): void {
    if (!this.#isQuiet) write(process.stderr, text);
  }

  /** What is wrong, besides the failure that ends the command: --quiet does not silence it. */
  complain(text: string): void {
    write(process.stderr, text);
  }

  /** An error that ends the command. With --json it is a problem document, on stderr too. */
  fail(failure: Failure): void {
    if (this.#isJson) write(process.stderr, JSON.stringify(toProblem(failure)));
    else write(process.stderr, describe(failure));
  }

  /** `text` in colour, for stdout. */
  paint(style: Style, text: string): string {
    return this.#isJson ? text : styleText(style, text, { stream: process.stdout });
  }

  /** The same for stderr. */
  tint(style: Style, text: string): string {
    return tint(style, text);
  }
}

function tint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stderr });
}

function write(stream: NodeJS.WriteStream, text: string): void {
  if (text !== "" && stream.writable) stream.write(`${text}\n`);
}

function toProblem(failure: Failure): object {
  if (failure instanceof Refused) return failure.problem;
  return { reason: "COMMAND_FAILED", detail: failure.message, exit_code: failure.exitCode };
}

function describe(failure: Failure): string {
  // What went wrong may be told in a customer's words.
  const lines = [`${tint("red", "error:")} ${toPrintableLines(failure.message)}`];
  if (failure instanceof Refused) {
    const { reason, status, errors = [], request_id: requestId } = failure.problem;
    for (const { pointer, rule, message } of errors)
      lines.push(`  ${toPrintable(pointer || "/")} ${toPrintable(message)} (${rule})`);
    const request = requestId === undefined ? "" : `, request ${requestId}`;
    lines.push(tint("dim", `  ${toPrintable(`${reason}, status ${status}${request}`)}`));
  }
  if (failure.hint !== undefined) lines.push(`  ${toPrintableLines(failure.hint)}`);
  return lines.join("\n");
}

function toPrintableLines(text: string): string {
  return text.split("\n").map(toPrintable).join("\n");
}
