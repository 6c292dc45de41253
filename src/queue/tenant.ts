/** Whose a message of the events queue is. The right to write to the queue is the credential. */
import { DetentError, invalid } from "../errors.ts";

/** What a tenant may be called. */
export interface TenantRule {
  /** One tenant's name; `*`: each message names its own; undefined: the deployment takes no events by queue. */
  readonly eventsTenant: string | undefined;
  readonly isTenant: (name: string) => boolean;
}

/**
 * The tenant of a message that names `named`. Throws INVALID_ARGUMENT for a message that names none where it must, or
 * another's; UNAVAILABLE where the deployment has not said whose its queue is: such messages wait.
 */
export function tenantOf({ eventsTenant, isTenant }: TenantRule, named: string | undefined): string {
  if (eventsTenant === undefined) {
    throw new DetentError("UNAVAILABLE", "the setting DETENT_EVENTS_TENANT does not say whose the events queue is");
  }
  if (eventsTenant !== "*") {
    if (named === undefined || named === eventsTenant) return eventsTenant;
    const message = `tenant: this queue is "${eventsTenant}"'s; a message names none`;
    throw invalid([{ pointer: "/tenant", rule: "tenant", message, value: named }]);
  }
  if (named !== undefined && isTenant(named)) return named;
  const rule = named === undefined ? "required" : "tenant";
  const message = named === undefined ? "tenant is required on this queue" : "tenant: that is no tenant's name";
  throw invalid([{ pointer: "/tenant", rule, message, ...(named !== undefined && { value: named }) }]);
}

/** Whose a message is that does not say so: the queue's tenant; nobody's where each message has to say. */
export function ownerOf({ eventsTenant }: TenantRule): string {
  return eventsTenant === undefined || eventsTenant === "*" ? "" : eventsTenant;
}
