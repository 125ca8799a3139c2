import { Facts, type Fact } from "../parts/facts";
import type { Report } from "./contract";

/** Where the load went, and from where it was started. */
export function Environment({ report: { run, tool } }: { report: Report }) {
  const list = (items: string[]) => (items.length === 0 ? null : <bdi>{items.join(", ")}</bdi>);
  return (
    <Facts
      facts={[
        ["Environment", <bdi>{run.environment}</bdi>],
        run.host === null ? null : ["Host", <bdi>{run.host}</bdi>],
        ...run.apis.map(({ name, version }): Fact => [
          name,
          <bdi>{version ?? "version not asked for"}</bdi>,
        ]),
        run.only.user_classes.length > 0 ? ["Only user classes", list(run.only.user_classes)] : null,
        run.only.tags.length > 0 ? ["Only tags", list(run.only.tags)] : null,
        run.only.exclude_tags.length > 0 ? ["Without tags", list(run.only.exclude_tags)] : null,
        ["Run", <bdi class="path">{run.id}</bdi>],
        ["Started on", <bdi>{run.machine}</bdi>],
        ["With", `${tool.name} ${tool.version}`],
      ]}
    />
  );
}
