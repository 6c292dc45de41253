/** A new configuration, or a new version of one. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { useNavigation } from "../../navigation.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Editor } from "./editor.tsx";
import { useBeginning } from "./use-beginning.ts";

export default function NewConfigurationPage(): JSX.Element {
  const { query } = useNavigation();
  const from = query["from"];
  const { value, error, reload } = useBeginning(from);
  const [name = "", version] = from?.split(":") ?? [];
  return (
    <Page
      title={from === undefined ? "New configuration" : "New version"}
      crumbs={[
        { to: hrefOf("configurations"), text: "Configurations" },
        ...(from === undefined ? [] : [{ to: hrefOf("configuration", { name }, { version }), text: from }]),
      ]}
      lead={
        from === undefined
          ? "It begins with an example. What is saved never changes: a change is a new version."
          : "What is saved never changes: this begins as a copy, under the next free version."
      }
    >
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Loading what="what to begin with" />}
      {value !== undefined && <Editor key={from} message={value} from={from} />}
    </Page>
  );
}
