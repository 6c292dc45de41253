/**
 * `npm run generate:docs`: writes `docs/errors`, a page per reason and their index, and removes pages without a reason; and
 * the pages that the worker serves into `src/http/assets`.
 */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REASONS, type Reason } from "../errors.ts";
// oxlint-disable-next-line no-restricted-imports -- a generator, installed nowhere: the texts stand beside the door that serves them
import { renderErrorIndexMarkdown, renderErrorMarkdown, renderErrorPage } from "../http/error-pages.ts";
// oxlint-disable-next-line no-restricted-imports -- as above
import { makePage } from "../http/page.ts";

const directory = join(import.meta.dirname, "../../docs/errors");

const pages = new Map([["README.md", renderErrorIndexMarkdown()]]);
for (const reason of Object.keys(REASONS) as Reason[]) pages.set(`${reason}.md`, renderErrorMarkdown(reason));

await mkdir(directory, { recursive: true });
const stale = (await readdir(directory)).filter((file) => file.endsWith(".md") && !pages.has(file));
await Promise.all(stale.map((file) => rm(join(directory, file))));
await Promise.all([...pages].map(([file, text]) => writeFile(join(directory, file), text)));

const reasons = Object.keys(REASONS) as Reason[];
const served = await Promise.all(
  reasons.map(async (reason) => [reason, await makePage(renderErrorPage(reason))] as const),
);
const file = join(import.meta.dirname, "../http/assets/error-pages.json");
await writeFile(file, `${JSON.stringify(Object.fromEntries(served), null, 2)}\n`);
