/** `npm run generate:openapi`: writes `src/http/assets/openapi.json`, which the worker serves. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
// oxlint-disable-next-line no-restricted-imports -- a generator, installed nowhere: it describes the door's own routes
import { ROUTES } from "../http/app.ts";
// oxlint-disable-next-line no-restricted-imports -- as above
import { createDocument } from "../http/openapi/document.ts";

const file = join(import.meta.dirname, "../http/assets/openapi.json");
await writeFile(file, `${JSON.stringify(createDocument(ROUTES, packageJson.version), null, 2)}\n`);
