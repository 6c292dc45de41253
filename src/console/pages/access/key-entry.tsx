/** One key, without its secret. */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { JSX } from "preact";
import type { Key } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { useNow } from "../../data/use-now.ts";
import { useSession } from "../../session/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Entry } from "../../ui/entry-list.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Ago, Instant } from "../../ui/time.tsx";
import { statusOf } from "./key-status.ts";

interface KeyEntryProps {
  readonly held: Key;
  /** It is what this console calls the service by. */
  readonly isOwn: boolean;
  readonly onReroll: () => void;
  readonly onRevoke: () => void;
}

export function KeyEntry({ held, isOwn, onReroll, onRevoke }: KeyEntryProps): JSX.Element {
  const { principal, lacks } = useSession();
  const now = useNow(10_000);
  const status = statusOf(held, now);
  const { id, name, scopes, configurations, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt, oldSecretUntil } =
    held;
  const lack = principal.root ? undefined : lacks("keys:admin");
  const oldGoesOn = oldSecretUntil !== undefined && timestampMs(oldSecretUntil) > now;
  return (
    <Entry
      head={
        <>
          <strong>
            <bdi>{name}</bdi>
          </strong>
          <code>{id}</code>
          {isOwn && <Badge text="this console" tone="accent" />}
          {status !== "works" && <Badge text={status} tone="bad" />}
        </>
      }
      actions={
        status === "works" && (
          <>
            <Button label={`Reroll ${name}`} disabledReason={lack} onClick={onReroll}>
              Reroll
            </Button>
            <Button kind="danger" label={`Revoke ${name}`} disabledReason={lack} onClick={onRevoke}>
              Revoke
            </Button>
          </>
        )
      }
    >
      <p class="row">
        {scopes.map((scope) => (
          <Badge key={scope} text={scope} />
        ))}
      </p>
      <Facts
        of={{
          Reaches:
            configurations.length === 0 ? (
              "the whole tenant"
            ) : (
              <span class="row">
                {configurations.map((each) => (
                  <Badge key={each} text={each} tone="accent" />
                ))}
              </span>
            ),
          Created: (
            <>
              <Ago at={createdAt} /> by <bdi>{createdBy}</bdi>
            </>
          ),
          "Last used (to the hour)": <Ago at={lastUsedAt} otherwise="never" />,
          Expires: revokedAt === undefined && <Instant at={expiresAt} otherwise="never" />,
          Revoked: revokedAt && <Instant at={revokedAt} />,
          "Old secret works until": oldGoesOn && revokedAt === undefined && <Instant at={oldSecretUntil} />,
        }}
      />
    </Entry>
  );
}
