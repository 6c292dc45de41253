/** The keys of a tenant, and what is done with them. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Key } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { useLoad } from "../../data/use-load.ts";
import { useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { EntryList } from "../../ui/entry-list.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Notice } from "../../ui/notice.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Pager } from "../../ui/pager.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { KeyEntry } from "./key-entry.tsx";
import { statusOf } from "./key-status.ts";
import { NewKeyDialog } from "./new-key-dialog.tsx";
import { NoKeys } from "./no-keys.tsx";
import { RerollDialog } from "./reroll-dialog.tsx";
import { RevokeDialog } from "./revoke-dialog.tsx";
import { SecretDialog, type Secret } from "./secret-dialog.tsx";

const PAGE_SIZE = 100;

type Asked = { readonly what: "new" } | { readonly what: "reroll" | "revoke"; readonly held: Key };

/** `tenant`: with the root key, whose; "": the caller's own. */
export function KeyList({ tenant }: { readonly tenant: string }): JSX.Element {
  const { client, principal, signOut, lacks } = useSession();
  const { query, setQuery } = useNavigation();
  const { page: pageToken = "", ended } = query;
  const showsEnded = ended === "show";
  const { value, error, reload } = useLoad(
    async (signal) => await client.tenants.listKeys({ pageSize: PAGE_SIZE, pageToken, tenant }, { signal }),
    [client, pageToken, tenant],
  );
  const [asked, setAsked] = useState<Asked>();
  const [secret, setSecret] = useState<Secret>();
  const [news, setNews] = useState("");
  const isOwn = ({ id }: Key): boolean => principal.actor === `key:${id}`;
  const ask = (what: Asked): void => {
    setNews("");
    setAsked(what);
  };
  const close = (): void => setAsked(undefined);
  const keep = (title: string, text: string, note?: JSX.Element): void => {
    close();
    setSecret({ title, what: "The key", text, note });
    reload();
  };
  const revoked = (held: Key): void => {
    close();
    if (isOwn(held)) return signOut();
    setNews(`The key ${held.name} was revoked.`);
    reload();
  };
  const all = value?.keys ?? [];
  const now = Date.now();
  const shown = showsEnded ? all : all.filter((held) => statusOf(held, now) === "works");
  const hidden = all.length - shown.length;
  return (
    <Section
      title="API keys"
      actions={
        <Button
          kind="primary"
          disabledReason={principal.root ? undefined : lacks("keys:admin")}
          onClick={() => ask({ what: "new" })}
        >
          New key
        </Button>
      }
    >
      <label class="check">
        <input
          type="checkbox"
          checked={showsEnded}
          onChange={(event) => setQuery({ ended: event.currentTarget.checked ? "show" : undefined }, true)}
        />
        Show keys that have ended{hidden > 0 && ` (${hidden})`}
      </label>
      {news !== "" && (
        <Notice tone="good" isNews>
          <bdi>{news}</bdi>
        </Notice>
      )}
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Loading what="the keys" />}
      {value !== undefined && shown.length === 0 && <NoKeys tenant={tenant} hasEnded={hidden > 0} />}
      {shown.length > 0 && (
        <EntryList label="Keys">
          {shown.map((held) => (
            <KeyEntry
              key={held.id}
              held={held}
              isOwn={isOwn(held)}
              onReroll={() => ask({ what: "reroll", held })}
              onRevoke={() => ask({ what: "revoke", held })}
            />
          ))}
        </EntryList>
      )}
      {value !== undefined && (pageToken !== "" || value.nextPageToken !== "") && (
        <Pager
          onFirst={pageToken === "" ? undefined : () => setQuery({ page: undefined })}
          onNext={value.nextPageToken === "" ? undefined : () => setQuery({ page: value.nextPageToken })}
          shown={formatCountOf(shown.length, "key")}
        />
      )}
      {asked?.what === "new" && (
        <NewKeyDialog
          tenant={tenant}
          onClose={close}
          onMade={({ key, secret: text }) => keep(`The new key ${key?.name ?? ""}`, text)}
        />
      )}
      {asked?.what === "reroll" && (
        <RerollDialog
          held={asked.held}
          tenant={tenant}
          isOwn={isOwn(asked.held)}
          onClose={close}
          onMade={({ secret: text }) => keep(`The new secret of ${asked.held.name}`, text)}
        />
      )}
      {asked?.what === "revoke" && (
        <RevokeDialog
          held={asked.held}
          tenant={tenant}
          isOwn={isOwn(asked.held)}
          onClose={close}
          onDone={() => revoked(asked.held)}
        />
      )}
      {secret !== undefined && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </Section>
  );
}
