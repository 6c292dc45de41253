/** `npm run generate:docs`: writes `docs/errors`, a page per reason and their index, and removes pages without a reason. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REASONS, type Reason } from "../errors.ts";
// oxlint-disable-next-line no-restricted-imports -- a generator, installed nowhere: the texts stand beside the door that serves them
import { renderErrorIndexMarkdown, renderErrorMarkdown } from "../http/error-pages.ts";

const directory = join(import.meta.dirname, "../../docs/errors");

const pages = new Map([["README.md", renderErrorIndexMarkdown()]]);
for (const reason of Object.keys(REASONS) as Reason[]) pages.set(`${reason}.md`, renderErrorMarkdown(reason));

await mkdir(directory, { recursive: true });
const stale = (await readdir(directory)).filter((file) => file.endsWith(".md") && !pages.has(file));
await Promise.all(stale.map((file) => rm(join(directory, file))));
await Promise.all([...pages].map(([file, text]) => writeFile(join(directory, file), text)));
