/** The generated modules of the repository are those of their configurations; `npx vitest run -u` of this file makes them anew. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generateModule } from "../../../src/codegen/module.ts";
import type { ConfigurationSource } from "../../../src/engine/configuration.ts";

const EXAMPLE = join(import.meta.dirname, "../../../examples/orders");

test("examples/orders has the module of its configuration", async () => {
  const source = JSON.parse(await readFile(join(EXAMPLE, "order.json"), "utf8")) as ConfigurationSource;
  const { text } = generateModule(source, {
    importFrom: "../../src/client/index.ts",
    command:
      "detent codegen examples/orders/order.json -o examples/orders/orders.ts --import ../../src/client/index.ts",
  });
  await expect(text).toMatchFileSnapshot(join(EXAMPLE, "orders.ts"));
});
