/** Credentials -> Principal. Until keys arrive the only way in is the anonymous tenant of a loopback server. */
import type { Settings } from "./env.ts";
import { DetentError } from "./errors.ts";
import { EVERY_SCOPE } from "./scope.ts";
import type { Principal } from "./service/house.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** A request with one of these has come through a proxy, whatever its host says. */
const PROXY_HEADERS = ["cf-ray", "x-forwarded-for", "forwarded"];

/** Who asks; throws UNAUTHENTICATED. */
export function authenticate(settings: Settings, url: string, headers: Headers): Principal {
  const challenge = "send `Authorization: Bearer <key>`";
  if (headers.has("authorization"))
    throw new DetentError("UNAUTHENTICATED", `the credential is not valid; ${challenge}`);
  const tenant = settings.anonymousTenant;
  const isLocal = LOOPBACK.has(new URL(url).hostname) && !PROXY_HEADERS.some((header) => headers.has(header));
  if (tenant === undefined || !isLocal)
    throw new DetentError("UNAUTHENTICATED", `a credential is needed; ${challenge}`);
  return { tenant, actor: "anonymous", scopes: EVERY_SCOPE };
}
