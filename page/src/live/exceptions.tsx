import type { View } from "../contract";
import { ExceptionTable } from "../parts/exception_table";
import { More } from "../parts/more";

export function Exceptions({ view }: { view: View }) {
  return (
    <>
      <ExceptionTable
        exceptions={view.exceptions}
        empty="No task has failed by itself. Errors that tasks raise, rather than requests, are collected here."
      />
      <More count={view.more_exceptions} noun="exception" />
    </>
  );
}
