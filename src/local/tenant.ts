/**
 * `npm run tenant -- create NAME`: prepares a deployment of its own for a tenant, and changes nothing that is there. It
 * writes a wrangler file and drives wrangler; it knows nothing of what is served.
 *
 * Environment: wrangler's own (`CLOUDFLARE_API_TOKEN`, `CLOUDFLARE_ACCOUNT_ID`), where `wrangler login` was not used.
 */
import { join } from "node:path";
import { createTenant } from "./tenant/create.ts";
import { readOptions, UsageError } from "./tenant/options.ts";
import { runWrangler, StepError } from "./tenant/wrangler.ts";

try {
  const options = readOptions(process.argv.slice(2));
  const root = join(import.meta.dirname, "../..");
  await createTenant(options, { run: runWrangler, root, print: (line) => console.log(line) });
} catch (error) {
  if (!(error instanceof UsageError || error instanceof StepError)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
