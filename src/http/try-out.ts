/** Dry runs. */
import { problemResponse } from "./problem.ts";
import type { Ctx } from "./route.ts";

/** What would be answered, marked as such, whether it is an answer or a problem. */
export async function tryOut(c: Ctx, answer: () => Promise<object>): Promise<Response> {
  const mark = { dry_run: true };
  try {
    return c.json({ ...(await answer()), ...mark });
  } catch (error) {
    c.env.house.log.fail(error);
    return problemResponse(error, c.env.requestId, mark);
  }
}
