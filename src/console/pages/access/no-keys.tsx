/** A tenant without keys. */
import type { JSX } from "preact";
import { useSession } from "../../session/session.ts";
import { curlText } from "../../ui/curl-text.ts";
import { Empty } from "../../ui/empty.tsx";

interface NoKeysProps {
  readonly tenant: string;
  /** There were some. */
  readonly hasEnded: boolean;
}

export function NoKeys({ tenant, hasEnded }: NoKeysProps): JSX.Element {
  const { key } = useSession();
  const body = { ...(tenant !== "" && { tenant }), name: "server", scopes: ["machines:read", "events:send"] };
  return (
    <Empty
      title={hasEnded ? "No key works." : "There are no keys yet."}
      command={curlText({ method: "POST", path: "/api/v1/keys", body, hasKey: key !== undefined })}
    >
      <p>A server calls with a key, which says what it may do. Make the first one here, or so:</p>
    </Empty>
  );
}
