import { Prose } from "../parts/name";
import { Facts, type Fact } from "../parts/facts";
import type { Report } from "./contract";

/** Where the load went, and from where it was started. */
export function Environment({ report: { run, tool } }: { report: Report }) {
  const list = (items: string[]) => (items.length === 0 ? null : <Prose text={items.join(", ")} />);
  return (
    <Facts
      facts={[
        ["Environment", <Prose text={run.environment} />],
        run.host === null ? null : ["Host", <Prose text={run.host} />],
        ...run.apis.map(({ name, version }): Fact => [
          name,
          <Prose text={version ?? "version not asked for"} />,
        ]),
        run.only.user_classes.length > 0 ? ["Only user classes", list(run.only.user_classes)] : null,
        run.only.tags.length > 0 ? ["Only tags", list(run.only.tags)] : null,
        run.only.exclude_tags.length > 0 ? ["Without tags", list(run.only.exclude_tags)] : null,
        ["Run", <bdi class="path">{run.id}</bdi>],
        ["Started on", <Prose text={run.machine} />],
        ["With", `${tool.name} ${tool.version}`],
      ]}
    />
  );
}
