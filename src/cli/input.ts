/** What commands read: files, stdin, JSON in a flag; with the place of what is wrong. */
import { readFile } from "node:fs/promises";
import { buffer as readStream } from "node:stream/consumers";
import { parseShape } from "../shape.ts";
import { findConfiguration } from "../configuration-document.ts";
import { CONFIGURATION } from "../configuration-shape.ts";
import type { Place } from "../documents.ts";
import type { ConfigurationSource } from "../engine/configuration.ts";
import { DetentError, type Violation } from "../errors.ts";
import { parseFile, type InputDocument } from "./documents.ts";
import { usage } from "./failure.ts";

/** The text of a file; `-` is stdin. */
export async function readText(file: string): Promise<string> {
  let bytes;
  try {
    bytes = file === "-" ? await readStream(process.stdin) : await readFile(file);
  } catch (error) {
    throw usage(`${file} cannot be read: ${(error as Error).message}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    // What is stored stays: a letter that was lost could not be mended.
    throw usage(`${file === "-" ? "stdin" : file} is not UTF-8`);
  }
}

/** The documents of a file of YAML or JSON. Throws where it is neither, with the place. */
export async function readDocuments(file: string): Promise<InputDocument[]> {
  return parseFile(file === "-" ? "stdin" : file, await readText(file));
}

/** The configuration in a file, bare or as the `spec` of a `kind: Configuration`; and where its parts are. */
export interface ConfigurationFile {
  readonly file: string;
  readonly source: unknown;
  readonly placeOf: (pointer: string) => Place;
}

/** Reads the one configuration of a file. */
export async function readConfigurationFile(file: string): Promise<ConfigurationFile> {
  const [document, second] = await readDocuments(file);
  if (document === undefined) throw usage(`${file} has nothing in it`);
  if (second !== undefined) {
    const { line } = second.placeOf("");
    throw usage(
      `${document.file}:${line}: a second document begins; one configuration is read`,
      'several are sent with "detent send"',
    );
  }
  const { value, placeOf } = findConfiguration(document);
  return { file: document.file, source: value, placeOf };
}

/** The same, with its shape checked here: for commands that ask no service. Throws what is wrong, with its place. */
export function readConfigurationSource(read: ConfigurationFile): ConfigurationSource {
  try {
    return parseShape(CONFIGURATION, read.source, "the configuration");
  } catch (error) {
    if (!(error instanceof DetentError)) throw error;
    throw usage(error.violations.map((violation) => formatViolation(read, violation)).join("\n"));
  }
}

/** `file:line:column: message`, as editors jump to. */
export function formatPlace({ file, placeOf }: ConfigurationFile, pointer: string): string {
  const { line, column } = placeOf(pointer);
  return `${file}:${line}:${column}`;
}

function formatViolation(file: ConfigurationFile, { pointer, message, rule }: Violation): string {
  return `${formatPlace(file, pointer)}: ${pointer} ${message} (${rule})`;
}

/** The JSON in a flag: as it is, or from a file after `@` (`@-`: stdin). Undefined where the flag is not there. */
export async function readJsonFlag(name: string, value: string | undefined): Promise<unknown> {
  if (value === undefined) return undefined;
  const text = value.startsWith("@") ? await readText(value.slice(1)) : value;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usage(
      `${name} is not JSON: ${(error as Error).message}`,
      `for example ${name} '{"weight": 2}', or ${name} @file.json`,
    );
  }
}

/** `K=V` as often as it was given; the first `=` divides it. Undefined where it was not given. */
export function readPairs(name: string, values: readonly string[] | undefined): Record<string, string> | undefined {
  if (values === undefined) return undefined;
  const pairs = values.map((value): [string, string] => {
    const at = value.indexOf("=");
    if (at < 1) throw usage(`${name} is KEY=VALUE, not "${value}"`);
    return [value.slice(0, at), value.slice(at + 1)];
  });
  const keys = pairs.map(([key]) => key);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw usage(`${name} names "${repeated}" more than once`);
  return Object.fromEntries(pairs);
}

/** The configuration and the id in `orders/order-1`; an id may have slashes itself. */
export function readMachineName(text: string): { readonly configuration: string; readonly id: string } {
  const at = text.indexOf("/");
  if (at < 1 || at === text.length - 1)
    throw usage(`a machine is named CONFIGURATION/ID, like orders/order-1, not "${text}"`);
  return { configuration: text.slice(0, at), id: text.slice(at + 1) };
}

/** The path of a machine's routes. */
export function machinePath(text: string): string {
  const { configuration, id } = readMachineName(text);
  return `/api/v1/statemachines/${toSegment(configuration)}/${toSegment(id)}`;
}

/** A name as a part of a path. Throws what would make another path of it. */
export function toSegment(name: string): string {
  if (name === "" || name === "." || name === "..") throw usage(`"${name}" is no name`);
  return encodeURIComponent(name.toWellFormed());
}

/** `orders:v3`; the version is `v1` where none is named, as everywhere. */
export function readConfigId(text: string): string {
  return text.includes(":") ? text : `${text}:v1`;
}

/** Collects an option that may be given several times; for commander. */
export function collect(value: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}
