/** A command: its words, its examples, what all commands have in common, and how it runs and fails. */
import { Option, type Command } from "commander";
import { Door } from "./door.ts";
import { Output } from "./output.ts";
import { readSettings, type Settings, type SettingsFlags } from "./settings.ts";
import { toPrintable } from "./table.ts";

/** What a command works with. */
export interface Session<F> {
  readonly flags: F;
  readonly output: Output;
  /** The service, as flags, environment and profile say; an interruption ends its calls. */
  readonly door: () => Promise<Door>;
  /** Which service that is. */
  readonly settings: () => Promise<Settings>;
  /** Aborts when the user interrupts (SIGINT) or somebody ends the command (SIGTERM). */
  readonly signal: AbortSignal;
}

interface CommonFlags extends SettingsFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

interface Leaf<F> {
  /** Its name and operands, as commander writes them: `get <config>`. */
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Paragraphs, an empty line between them; absent: the summary says it. */
  readonly description?: string;
  /** Command lines, most usual first, without `detent` in front, each with what it does. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** What `--json` prints, as a phrase: `the answer of GetMachine`. For the help and for docs/cli.md. */
  readonly json?: string;
  /** Adds the command's own options. */
  readonly options?: (command: Command) => Command;
  /** When it is interrupted it ends by itself, and has to be waited for. */
  readonly takesItsTime?: true;
  readonly run: (session: Session<F>, ...operands: string[]) => Promise<void>;
}

/** What runs a command's work: where its failures and its exit code end. */
export type Runner = (
  output: Output,
  work: (signal: AbortSignal) => Promise<void>,
  takesItsTime: boolean,
) => Promise<void>;

/** Adds a command to `parent`. `F` are the flags that `options` declares. */
export function addLeaf<F = object>(parent: Command, runner: Runner, leaf: Leaf<F>): void {
  const command = parent.command(leaf.name).summary(leaf.summary).description(describe(leaf));
  leaf.options?.(command);
  addCommonOptions(command);
  addExamples(command, leaf.examples);
  if (leaf.json !== undefined) JSON_NOTES.set(command, leaf.json);
  command.action(async () => {
    const flags = command.optsWithGlobals<F & CommonFlags>();
    const output = new Output(flags);
    const onPause = (text: string) => output.say(toPrintable(text));
    await runner(
      output,
      (signal) => {
        const settings = async () => await readSettings(flags);
        const door = async () => new Door(await settings(), { onPause, signal });
        return leaf.run({ flags, output, door, settings, signal }, ...operandsOf(command));
      },
      leaf.takesItsTime === true,
    );
  });
}

function describe({ description, summary, json }: Pick<Leaf<unknown>, "description" | "summary" | "json">): string {
  const paragraphs = [unwrap(description ?? summary), ...(json === undefined ? [] : [`With --json: ${json}.`])];
  return paragraphs.join("\n\n");
}

/** Lines of a source end where they do, those of a terminal elsewhere; but for indented ones, which are examples. */
function unwrap(text: string): string {
  return text.replaceAll(/(?<!\n)\n(?!\n| {2})/g, " ");
}

function operandsOf(command: Command): string[] {
  // An operand that was left out is undefined among the processed ones, or not there at all.
  return command.processedArgs.flat().filter((operand): operand is string => typeof operand === "string");
}

const JSON_NOTES = new WeakMap<Command, string>();

/** What `--json` prints, as the command says it. */
export function jsonNoteOf(command: Command): string | undefined {
  return JSON_NOTES.get(command);
}

/** Adds a noun: a command that only has others below it. */
export function addNoun(parent: Command, name: string, summary: string): Command {
  return parent.command(name).summary(summary).description(summary);
}

const COMMON_OPTIONS = [
  ["--json", "print data as JSON"],
  ["-q, --quiet", "say nothing but errors"],
  ["--url <url>", "the service (DETENT_URL; the profile's; http://localhost:8787)"],
  ["--profile <name>", "the profile to use (DETENT_PROFILE; the current one)"],
  ["--no-color", "no colours (NO_COLOR)"],
] as const;

/** Adds what every command has; hidden where it may stand, too, but is looked for elsewhere: before the command's name. */
export function addCommonOptions(command: Command, isHidden = false): void {
  for (const [flags, description] of COMMON_OPTIONS) {
    command.addOption(new Option(flags, description).hideHelp(isHidden));
  }
}

/** Examples stand first: most people read no further. */
export function addExamples(command: Command, examples: Leaf<unknown>["examples"]): void {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  detent ${line.padEnd(width)}  ${what}`);
  command.addHelpText("before", `Examples:\n${lines.join("\n")}\n`);
}
