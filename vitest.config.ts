/**
 * Four rooms of tests: `sources` (the sources keep their own rules), `unit` in Node (milliseconds), `workerd` inside the
 * real runtime, `e2e` against `npm start` and the built bundle.
 */
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { SECRETS } from "./test/secrets.ts";

export default defineConfig({
  test: {
    // More workers than the smallest supported machine has cores only makes timings noisy.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "sources",
          environment: "node",
          include: ["test/sources/**/*.test.ts"],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "unit",
          environment: "node",
          include: ["test/unit/**/*.test.ts"],
          setupFiles: ["./test/unit/fixed-seed.ts", "./test/no-canaries.ts"],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations("./migrations"),
                ...SECRETS,
                DETENT_ANONYMOUS_TENANT: "dev",
                DETENT_EVENTS_TENANT: "dev",
                DETENT_CORS_ORIGINS: "https://app.example.com",
                DETENT_LOG_LEVEL: "warn",
                DETENT_RANDOM_CALLS: process.env["DETENT_RANDOM_CALLS"] ?? "",
                DETENT_RANDOM_SEED: process.env["DETENT_RANDOM_SEED"] ?? "",
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["test/workerd/**/*.test.ts"],
          setupFiles: ["./test/workerd/apply-migrations.ts", "./test/no-canaries.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          environment: "node",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // Servers are started and killed here: alone, after everything else.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
