/**
 * What the service says of itself: the description of the routes, and pages. All of it is made when the service is built
 * (`npm run generate:openapi`, `npm run generate:docs`) and read from beside the Worker when it is first asked for.
 */
import { orUnavailable } from "../errors.ts";
import type { Page } from "./page.ts";

/** What is served, and the headers it has. */
export interface Served {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads a file of src/http/assets, which is deployed beside the Worker and not within it; one of HTML goes by its name without
 * `.html`. With the ETag that its reader has, it may be a 304.
 */
export type ReadAsset = (name: string, etag?: string) => Promise<Response>;

const read = new Map<string, Promise<unknown>>();

/** The OpenAPI document. */
export async function serveOpenApi(readAsset: ReadAsset): Promise<Served> {
  const text = await kept("openapi.json", async () => JSON.stringify(await load<object>(readAsset, "openapi.json")));
  return { text, headers: { "content-type": "application/json", ...(await cachingOf("openapi.json", text)) } };
}

/** The page of that document. */
export async function serveDocsPage(readAsset: ReadAsset): Promise<Served> {
  const { docs } = await kept("docs-page.json", () => load<{ docs: Page }>(readAsset, "docs-page.json"));
  const { text, headers } = serve(docs);
  return { text, headers: { ...headers, ...(await cachingOf("docs-page.json", text)) } };
}

/** The page of a reason, by its name; undefined where there is no such reason. */
export async function serveErrorPage(readAsset: ReadAsset, reason: string): Promise<Served | undefined> {
  const pages = await kept("error-pages.json", () => load<Record<string, Page>>(readAsset, "error-pages.json"));
  const page = Object.hasOwn(pages, reason) ? pages[reason] : undefined;
  return page && serve(page);
}

/** A page with a policy that lets in its own style and nothing else. */
function serve({ html, styleHash }: Page): Served {
  return {
    text: html,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
  };
}

async function load<T>(readAsset: ReadAsset, name: string): Promise<T> {
  return await (await orUnavailable("the document", readAsset(name))).json<T>();
}

/** It changes with a release and may be kept as long as it is asked about each time. */
async function cachingOf(name: string, text: string): Promise<Record<string, string>> {
  const etag = await kept(`etag of ${name}`, async () => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return `"${btoa(String.fromCharCode(...new Uint8Array(digest)))}"`;
  });
  return { etag, "cache-control": "no-cache" };
}

/** Made once per isolate; what fails is made again. */
function kept<T>(name: string, make: () => Promise<T>): Promise<T> {
  const known = read.get(name) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const made = make().catch((error: unknown) => {
    read.delete(name);
    throw error;
  });
  read.set(name, made);
  return made;
}
