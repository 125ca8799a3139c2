import type { View } from "../contract";
import { FailureTable } from "../parts/failure_table";
import { More } from "../parts/more";

export function Failures({ view }: { view: View }) {
  return (
    <>
      <FailureTable
        failures={view.failures}
        empty="No request has failed. Failed ones are collected here by transaction and reason, the most frequent first."
      />
      <More count={view.more_failures} noun="failure" />
    </>
  );
}
