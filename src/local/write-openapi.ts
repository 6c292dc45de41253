/** `npm run generate:openapi`: writes the OpenAPI document and its page into `src/http/assets`, which the worker serves. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
// oxlint-disable-next-line no-restricted-imports -- a generator, installed nowhere: it describes the door's own routes
import { ROUTES } from "../http/app.ts";
// oxlint-disable-next-line no-restricted-imports -- as above
import type { Document } from "../http/docs/openapi-document.ts";
// oxlint-disable-next-line no-restricted-imports -- as above
import { renderDocsPage } from "../http/docs/page.ts";
// oxlint-disable-next-line no-restricted-imports -- as above
import { createDocument } from "../http/openapi/document.ts";
// oxlint-disable-next-line no-restricted-imports -- as above
import { makePage } from "../http/page.ts";

const assets = join(import.meta.dirname, "../http/assets");
const text = JSON.stringify(createDocument(ROUTES, packageJson.version), null, 2);
const docs = await makePage(renderDocsPage(JSON.parse(text) as Document));
await writeFile(join(assets, "openapi.json"), `${text}\n`);
await writeFile(join(assets, "docs-page.json"), `${JSON.stringify({ docs }, null, 2)}\n`);
