/** Which reasons a route can give besides its operation's own. */
import { REASONS, type Reason } from "../../errors.ts";
import type { Route } from "../route.ts";

/** Every route's path is decoded, every credential looked at, every query and body checked, before a handler runs. */
function commonReasons({ access, path, body }: Route): Reason[] {
  if (access === "open") return path.includes("/:") ? ["INVALID_ARGUMENT", "INTERNAL"] : ["INTERNAL"];
  return [
    "INVALID_ARGUMENT",
    "LIMIT_EXCEEDED",
    "UNAUTHENTICATED",
    "PERMISSION_DENIED",
    ...(body === undefined ? [] : (["BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const)),
    "INTERNAL",
    "UNAVAILABLE",
  ];
}

/** Every reason of a route by its HTTP status, in the order of the table. */
export function reasonsByStatus(route: Route, own: readonly Reason[]): Map<number, Reason[]> {
  const all = new Set([...own, ...commonReasons(route)]);
  const ordered = (Object.keys(REASONS) as Reason[]).filter((reason) => all.has(reason));
  return Map.groupBy(ordered, (reason) => REASONS[reason].status);
}
