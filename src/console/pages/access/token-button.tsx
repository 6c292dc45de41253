/** The way to a short-lived token, which is shown once. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Instant } from "../../ui/time.tsx";
import { NewTokenDialog } from "./new-token-dialog.tsx";
import { SecretDialog, type Secret } from "./secret-dialog.tsx";

export function TokenButton(): JSX.Element {
  const { principal } = useSession();
  const [isAsking, setAsking] = useState(false);
  const [secret, setSecret] = useState<Secret>();
  const isKey = !principal.root && principal.actor.startsWith("key:");
  const lack = isKey ? undefined : "Tokens are made with a key of a tenant: sign in with one.";
  return (
    <>
      <Button disabledReason={lack} onClick={() => setAsking(true)}>
        Make a short-lived token
      </Button>
      {isAsking && (
        <NewTokenDialog
          onClose={() => setAsking(false)}
          onMade={({ token, expiresAt }) => {
            setAsking(false);
            const note = (
              <p>
                It ends at <Instant at={expiresAt} />.
              </p>
            );
            setSecret({ title: "The new token", what: "The token", text: token, note });
          }}
        />
      )}
      {secret !== undefined && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}
