/** Writing a configuration: text on one side, what it comes to on the other. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { hrefOf } from "../../addresses.ts";
import { sourceOf } from "../../data/configuration-source.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import { leaveNews } from "../../data/news.ts";
import { useAction } from "../../data/use-action.ts";
import { Diagram } from "../../diagram/diagram.tsx";
import { useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { draftKey, keepDraft, readDraft } from "./drafts.ts";
import { FileField } from "./file-field.tsx";
import { FindingsList } from "./findings-list.tsx";
import { offsetOf, type PlacedFinding } from "./placed-finding.ts";
import { SaveBar } from "./save-bar.tsx";
import { TextEditor } from "./text-editor.tsx";
import { TryItSection } from "./try-it-section.tsx";
import { useCheck } from "./use-check.ts";
import { nextVersion } from "./version-name.ts";
import { writeText, type Format } from "./write-text.ts";

interface EditorProps {
  /** What it begins with. */
  readonly message: Configuration;
  /** Where that is from, `name:version`; undefined: it is an example. */
  readonly from: string | undefined;
}

export function Editor({ message, from }: EditorProps): JSX.Element {
  const { client, lacks, principal } = useSession();
  const { query, setQuery, go } = useNavigation();
  const format: Format = query["format"] === "json" ? "json" : "yaml";
  const key = draftKey(principal.tenant, from);
  const [found] = useState(() => readDraft(key));
  const [beginning, setBeginning] = useState(() => ({ text: writeText(sourceOf(message), format), message }));
  const [text, setText] = useState(found ?? beginning.text);
  const control = useRef<HTMLTextAreaElement>(null);
  const check = useCheck(text, beginning);
  const { reading, findings } = check;

  const write = (next: string): void => {
    setText(next);
    keepDraft(key, next);
  };
  const isDirty = readDraft(key) !== undefined;
  useLeaveGuard(isDirty);

  const save = useAction(async () => {
    const now = check.isValid ? reading : (await import("./source-text.ts")).readText(text);
    // The findings, which are about to come, say what is wrong.
    if (now.kind !== "read") return;
    const { configuration } = await client.configurations.createConfiguration({ configuration: now.message });
    const { name, version } = configuration ?? now.message;
    const href = hrefOf("configuration", { name }, { version });
    keepDraft(key, undefined);
    leaveNews(href, `${name}:${version} is saved.`);
    go(href);
  });
  const rename = useAction(async () => {
    if (reading.kind !== "read") return;
    const { withVersion } = await import("./source-text.ts");
    const { name, version } = reading.message;
    const { configurations } = await client.configurations.listConfigurations({ configuration: name });
    write(withVersion(text, nextVersion(version || "v1", configurations[0]?.versions ?? [])));
    save.reset();
  });

  const startOver = (): void => {
    keepDraft(key, undefined);
    const again = writeText(sourceOf(message), format);
    setBeginning({ text: again, message });
    setText(again);
    control.current?.focus();
  };
  const convert = useAction(async (next: Format) => {
    if (!isDirty) {
      const converted = writeText(sourceOf(message), next);
      setBeginning({ text: converted, message });
      setText(converted);
    } else {
      const { readText } = await import("./source-text.ts");
      const now = readText(text);
      if (now.kind === "unreadable") return;
      write(writeText(now.value, next));
    }
    setQuery({ format: next === "yaml" ? undefined : next }, true);
  });
  const goTo = ({ place }: PlacedFinding): void => {
    if (place && control.current) putCursor(control.current, offsetOf(text, place), place.line);
  };
  const cannotConvert =
    reading.kind === "unreadable" ? "The text cannot be read as it is; see the findings." : undefined;
  // What cannot be read keeps the last picture.
  const drawn = useRef<unknown>(undefined);
  if (reading.kind !== "unreadable") drawn.current = reading.value;

  return (
    <>
      <form
        class="columns"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <div class="stack">
          {found !== undefined && isDirty && (
            <Notice tone="accent">
              <p>This is what you had written before, and not saved.</p>
              <Button onClick={startOver}>Start over</Button>
            </Notice>
          )}
          <Section
            title="Text"
            actions={
              <span class="row" role="group" aria-label="Format">
                <Button
                  isPressed={format === "yaml"}
                  disabledReason={format === "yaml" ? undefined : cannotConvert}
                  onClick={() => void convert.run("yaml")}
                >
                  YAML
                </Button>
                <Button
                  isPressed={format === "json"}
                  disabledReason={format === "json" ? undefined : cannotConvert}
                  onClick={() => void convert.run("json")}
                >
                  JSON
                </Button>
              </span>
            }
          >
            <TextEditor text={text} onChange={write} findings={findings} control={control} />
            <SaveBar
              check={check}
              lack={lacks("configurations:write")}
              isBusy={save.isBusy}
              error={save.error ?? rename.error ?? convert.error}
              onRename={() => void rename.run()}
            />
            <FileField
              onRead={(read, name) => {
                write(read);
                setQuery({ format: /\.json$/i.test(name) ? "json" : undefined }, true);
                control.current?.focus();
              }}
            />
          </Section>
        </div>
        <div class="stack">
          <Section title="Findings">
            {check.error !== undefined && <Problem error={check.error} onRetry={check.retry} />}
            {findings.length === 0 && check.error === undefined ? (
              <p class="faint">Nothing so far.</p>
            ) : (
              <FindingsList findings={findings} onGo={goTo} />
            )}
          </Section>
          <Section title="Diagram">
            {reading.kind === "unreadable" && (
              <p class="faint">The text cannot be read as it is: this is the last picture.</p>
            )}
            <Diagram source={drawn.current} title="what is written" />
          </Section>
        </div>
      </form>
      {reading.kind === "read" && (
        <TryItSection
          source={reading.value}
          message={reading.message}
          disabledReason={check.isValid || check.isPending ? undefined : "Only what is valid can be tried."}
        />
      )}
    </>
  );
}

/** Selects from there to the end of the line, in the middle of what is seen. */
function putCursor(control: HTMLTextAreaElement, offset: number, line: number): void {
  const end = control.value.indexOf("\n", offset);
  control.focus();
  control.setSelectionRange(offset, end < 0 ? control.value.length : end);
  const lineHeight = Number.parseFloat(getComputedStyle(control).lineHeight) || 20;
  control.scrollTop = Math.max(0, (line - 1) * lineHeight - control.clientHeight / 2);
}

/** The browser asks before the tab is closed or loads something else. */
function useLeaveGuard(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const ask = (event: Event): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isOn]);
}
