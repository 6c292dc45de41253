/** The keys of a tenant, short-lived tokens, and how much the tenant uses. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Empty } from "../../ui/empty.tsx";
import { NeedsScope } from "../../ui/needs-scope.tsx";
import { Page } from "../../ui/page.tsx";
import { KeyList } from "./key-list.tsx";
import { TenantChoice } from "./tenant-choice.tsx";
import { TokenButton } from "./token-button.tsx";
import { UsageSection } from "./usage-section.tsx";

export default function KeysPage(): JSX.Element {
  const { principal } = useSession();
  const { query } = useNavigation();
  const tenant = principal.root ? (query["tenant"] ?? "") : "";
  const isOpen = !principal.root || tenant !== "";
  return (
    <Page title="Keys" lead="Who may call the service, and what for." actions={<TokenButton />}>
      <NeedsScope scope="keys:admin" what="Keys">
        {principal.root && <TenantChoice />}
        {isOpen ? (
          <>
            <KeyList key={tenant} tenant={tenant} />
            <UsageSection key={`usage ${tenant}`} tenant={tenant} />
          </>
        ) : (
          <Empty title="Choose a tenant to see its keys.">
            <p>
              <Link to={hrefOf("tenants")}>All tenants</Link>
            </p>
          </Empty>
        )}
      </NeedsScope>
    </Page>
  );
}
