import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function TenantsPage(): JSX.Element {
  return <Page title="Tenants">…</Page>;
}
