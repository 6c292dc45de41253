/** The tenants of the deployment, for the root key. */
import type { JSX } from "preact";
import { useNavigation } from "../../navigation.tsx";
import { NeedsScope } from "../../ui/needs-scope.tsx";
import { Page } from "../../ui/page.tsx";
import { hrefOf } from "../../addresses.ts";
import { TenantDetail } from "./tenant-detail.tsx";
import { TenantList } from "./tenant-list.tsx";

export default function TenantsPage(): JSX.Element {
  const { query } = useNavigation();
  const { tenant = "" } = query;
  const crumbs = tenant === "" ? [] : [{ to: hrefOf("tenants"), text: "Tenants" }];
  return (
    <Page
      title={tenant || "Tenants"}
      crumbs={crumbs}
      lead={tenant === "" && "Who shares this deployment; none sees anything of another."}
    >
      <NeedsScope scope="root" what="Tenants">
        {tenant === "" ? <TenantList /> : <TenantDetail key={tenant} name={tenant} />}
      </NeedsScope>
    </Page>
  );
}
