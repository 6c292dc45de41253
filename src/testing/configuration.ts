/** The configuration that is tested: as an object, as text, or in a file; checked as an upload would check it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileConfiguration } from "../engine/compile-configuration.ts";
import type { Configuration, ConfigurationSource } from "../engine/configuration.ts";
import type { Finding } from "../engine/finding.ts";
import { DetentError } from "../errors.ts";
import { CONFIGURATION } from "../configuration-shape.ts";
import { parseShape } from "../shape.ts";
import { parseYaml } from "../yaml.ts";
import { UsageError } from "./usage-error.ts";

/** A configuration that machines may be made of. */
export interface Loaded {
  /** With its name and version filled in. */
  readonly source: ConfigurationSource;
  readonly compiled: Configuration;
  /** What is allowed and looks like a mistake. */
  readonly warnings: readonly Finding[];
}

/**
 * Reads a configuration: an object, YAML or JSON as text, or the URL of a file of either. Throws a ConfigurationError with
 * everything that is wrong, and with lines where there are any; a UsageError where it is no YAML, or no file.
 */
export function loadConfiguration(given: object | string | URL): Loaded {
  if (given instanceof URL) return loadFile(given);
  if (typeof given === "string") return loadText(given, "configuration");
  return checkConfiguration(given, (pointer) => `configuration${pointer}`);
}

function loadFile(url: URL): Loaded {
  let path: string;
  let text: string;
  try {
    path = fileURLToPath(url.href);
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new UsageError(
      `the configuration cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
  }
  return loadText(text, path);
}

function loadText(text: string, name: string): Loaded {
  try {
    const { value, lineOf } = parseYaml(text);
    return checkConfiguration(value, (pointer) => `${name}:${lineOf(pointer)}${pointer === "" ? "" : ` ${pointer}`}`);
  } catch (error) {
    if (error instanceof DetentError) throw new UsageError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** A configuration cannot be used. Its message names every problem, with its place. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly problems: readonly { readonly pointer: string; readonly message: string }[];

  constructor(problems: ConfigurationError["problems"], placeOf: (pointer: string) => string) {
    const lines = problems.map(({ pointer, message }) => `\n  ${placeOf(pointer)}: ${message}`);
    super(`the configuration cannot be used:${lines.join("")}`);
    this.problems = problems;
  }
}

/** Throws a ConfigurationError; `placeOf`: what a JSON Pointer into the configuration is called in its message. */
export function checkConfiguration(given: unknown, placeOf: (pointer: string) => string): Loaded {
  let source: ConfigurationSource;
  try {
    source = parseShape(CONFIGURATION, given, "the configuration");
  } catch (error) {
    if (error instanceof DetentError) throw new ConfigurationError(error.violations, placeOf);
    throw error;
  }
  const result = compileConfiguration(source);
  if (!result.ok) throw new ConfigurationError(result.errors, placeOf);
  const { name, version } = result.configuration;
  return { source: { ...source, name, version }, compiled: result.configuration, warnings: result.warnings };
}
