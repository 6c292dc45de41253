import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function KeysPage(): JSX.Element {
  return <Page title="Keys">…</Page>;
}
