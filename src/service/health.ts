/** Is every part there? Never throws. */
import { within } from "../within.ts";
import type { House } from "./house.ts";

const PATIENCE_MS = 2_000;

export interface Health {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly ready: boolean; readonly detail?: string }[];
}

export async function checkHealth(house: House): Promise<Health> {
  const checks = await Promise.all(
    house.checks.map(async (part) => {
      const { name } = part;
      try {
        await within(PATIENCE_MS, name, part.check());
        return { name, ready: true };
      } catch {
        return { name, ready: false, detail: `${name} does not answer` };
      }
    }),
  );
  return { ready: checks.every(({ ready }) => ready), checks };
}
