/**
 * Where every page of the console is. An address can be shared: it holds all that a page needs to show the same again, and never a
 * credential. The Worker serves the console's shell at each of these paths (src/http/console.ts).
 */

/** Page -> its path; `:name` is a parameter. What may be anything at all comes last or as a query. */
export const PATHS = {
  overview: "/",
  configurations: "/configurations",
  configuration: "/configurations/:name",
  comparison: "/configurations/:name/compare",
  newConfiguration: "/new-configuration",
  machines: "/machines",
  machine: "/machines/:configuration/:id",
  newMachine: "/new-machine",
  jobs: "/jobs",
  job: "/jobs/:id",
  newJob: "/new-job",
  failures: "/failures",
  deadLetters: "/dead-letters",
  keys: "/keys",
  audit: "/audit",
  tenants: "/tenants",
} as const;

export type PageName = keyof typeof PATHS;

type ParamOf<Path extends string> = Path extends `${string}/:${infer Name}/${infer Rest}`
  ? Name | ParamOf<`/${Rest}`>
  : Path extends `${string}/:${infer Name}`
    ? Name
    : never;

/** The parameters of a page's path, decoded. */
export type ParamsOf<Page extends PageName> = Readonly<Record<ParamOf<(typeof PATHS)[Page]>, string>>;

/** Parameters behind the `?`; empty and absent ones are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

/** A page and its parameters. */
export type Address = { [Page in PageName]: { readonly page: Page; readonly params: ParamsOf<Page> } }[PageName];

/** The address of a page, as links have it. */
export function hrefOf<Page extends PageName>(
  page: Page,
  ...[params, query = {}]: ParamOf<(typeof PATHS)[Page]> extends never
    ? [params?: Readonly<Record<string, never>>, query?: Query]
    : [params: ParamsOf<Page>, query?: Query]
): string {
  const values: Readonly<Record<string, string>> = params ?? {};
  const path = PATHS[page].replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
  return `${path}${searchOf(query)}`;
}

/** `?a=1&b=2`, or nothing. */
export function searchOf(query: Query): string {
  const present = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return present.length === 0 ? "" : `?${new URLSearchParams(present).toString()}`;
}

/** The page at a path; undefined where there is none, or where the path is no UTF-8. */
export function readPath(pathname: string): Address | undefined {
  const segments = pathname.split("/");
  for (const [page, path] of Object.entries(PATHS)) {
    const params = matchSegments(segments, path.split("/"));
    if (params !== undefined) return { page, params } as Address;
  }
  return undefined;
}

function matchSegments(
  segments: readonly string[],
  pattern: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (segments.length !== pattern.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, expected] of pattern.entries()) {
    const segment = segments[i] ?? "";
    if (!expected.startsWith(":")) {
      if (segment !== expected) return undefined;
      continue;
    }
    const value = decode(segment);
    if (value === undefined || value === "") return undefined;
    params[expected.slice(1)] = value;
  }
  return params;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
