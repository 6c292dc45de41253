/** Configurations as commands name them: `orders:v3` of the service, or a file. */
import { checkConfiguration } from "../engine/check-configuration.ts";
import type { ConfigurationSource } from "../engine/configuration.ts";
import type { Door } from "./door.ts";
import { usage } from "./failure.ts";
import { formatPlace, readConfigId, readConfigurationFile, readConfigurationSource } from "./input.ts";

/** What is a file: stdin, or something with a path or an ending. A bare name is a configuration's, whatever lies around. */
function isFile(text: string): boolean {
  return text === "-" || /[/\\]|\.(json|ya?ml)$/i.test(text);
}

/** A stored configuration. */
export async function fetchConfiguration(door: Door, text: string): Promise<ConfigurationSource> {
  return await door.get<ConfigurationSource>(`/api/v1/configurations/${encodeURIComponent(readConfigId(text))}`);
}

/** The configuration that `text` names; a file's has to pass every check, so that what is made of it can be relied on. */
export async function readNamedConfiguration(door: () => Promise<Door>, text: string): Promise<ConfigurationSource> {
  if (!isFile(text)) return await fetchConfiguration(await door(), text);
  const file = await readConfigurationFile(text);
  const source = readConfigurationSource(file);
  const errors = checkConfiguration(source).filter(({ severity }) => severity === "error");
  if (errors.length === 0) return source;
  throw usage(
    errors.map(({ pointer, code, message }) => `${formatPlace(file, pointer)}: ${message} (${code})`).join("\n"),
  );
}
