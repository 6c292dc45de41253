/** Brings the catalog's database to the newest schema before each test file; applying twice changes nothing. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { D1Migration } from "cloudflare:test";

const { CATALOG, TEST_MIGRATIONS } = env as unknown as { CATALOG: D1Database; TEST_MIGRATIONS: D1Migration[] };

await applyD1Migrations(CATALOG, TEST_MIGRATIONS);
