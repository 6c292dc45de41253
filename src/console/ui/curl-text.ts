/** Commands to copy, for a shell as POSIX has it. */

interface Request {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Of the service: `/api/v1/configurations`. */
  readonly path: string;
  readonly body?: unknown;
  /** Whether the reader has a key, which the command takes from the environment: it must not stand in a history. */
  readonly hasKey: boolean;
}

/** What a page knows of where it is. */
const { location } = globalThis as { readonly location?: { readonly origin: string } };

/** The cURL line of a request to the server at `origin`; that of the page when absent. */
export function curlText({ method = "GET", path, body, hasKey }: Request, origin = location?.origin ?? ""): string {
  const words = ["curl", ...(method === "GET" || (method === "POST" && body !== undefined) ? [] : ["-X", method])];
  words.push(quote(`${origin}${path}`));
  const lines = [words.join(" ")];
  if (hasKey) lines.push('-H "authorization: Bearer $DETENT_KEY"');
  if (body !== undefined) lines.push("-H 'content-type: application/json'", `-d ${quote(JSON.stringify(body))}`);
  return lines.join(" \\\n  ");
}

/** One word of a shell, whatever is in it. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
