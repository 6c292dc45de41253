/** The command that sends an example to a server that `npm start` has started. */
import { dump } from "js-yaml";
import type { Example } from "./description.ts";

const ORIGIN = "http://localhost:8787";
const WIDE = 72;

/** `path` is a route's; what is answered as a stream is shown as it comes. */
export function curlOf(
  method: string,
  path: string,
  example: Example,
  {
    reads,
    isStream,
    isRoot,
  }: { readonly reads: "json" | "yaml"; readonly isStream: boolean; readonly isRoot: boolean },
): string {
  const { headers = {}, body } = example;
  const url = `${ORIGIN}${fillPath(path, example)}`;
  const parts = [
    `curl ${isStream ? "-sSN" : "-sS"} ${method === "GET" || (method === "POST" && body !== undefined) ? "" : `-X ${method} `}${quote(url)}`,
  ];
  // Every other request is the anonymous tenant's there.
  if (isRoot) parts.push(`-H "Authorization: Bearer $(cat .wrangler/state/root-key)"`);
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  if (body !== undefined && reads === "yaml") {
    parts.push(`-H ${quote("Content-Type: application/yaml")}`);
    // Of what -d sends cURL takes out the ends of lines.
    parts.push(`--data-binary ${quote(dump(body))}`);
  } else if (body !== undefined) {
    parts.push(`-H ${quote("Content-Type: application/json")}`);
    const line = JSON.stringify(body);
    parts.push(`-d ${quote(line.length > WIDE ? JSON.stringify(body, null, 2) : line)}`);
  }
  return parts.join(" \\\n  ");
}

/** The path and query of an example. */
export function fillPath(path: string, { path: values = {}, query = {} }: Example): string {
  const filled = path.replaceAll(/\/:(\w+)/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the example of ${path} has no ${name}`);
    // A colon may stand in a path as it is.
    return `/${encodeURIComponent(value).replaceAll("%3A", ":")}`;
  });
  const search = new URLSearchParams(query).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

function quote(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
