/** Patience with machines: a call that is never answered must hold up nothing else. */
import { orUnavailable } from "../errors.ts";
import type { House } from "./house.ts";

/** What the machine answers within `ms`; UNAVAILABLE: nothing, or that it failed. The work itself is not stopped. */
export async function soon<T>(house: Pick<House, "after">, ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = house.after(ms, () => late.reject(new Error(`no answer within ${ms} ms`)));
  try {
    return await orUnavailable("the machine", Promise.race([work, late.promise]));
  } finally {
    cancel();
  }
}
