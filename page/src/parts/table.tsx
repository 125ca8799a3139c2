import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { matching, sorted, type Direction, type Key } from "../pure/sort";
import { counted } from "../pure/format";
import { Empty } from "./empty";

export interface Column<T> {
  id: string;
  label: string;
  /** What the label means, where that is not plain. */
  hint?: string;
  /** Figures stand to the right, words to the left. */
  words?: boolean;
  /** What it is sorted by; unsortable without. */
  key?: (row: T) => Key;
  cell: (row: T) => ComponentChildren;
  /** Draws attention to a cell. */
  tone?: (row: T) => string | undefined;
}

interface Props<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  /** What makes a row this row, from one view to the next. */
  identity: (row: T) => string;
  /** Stays at the end whatever the order, and is never filtered out. */
  pinned?: T | null;
  /** The order it begins with; as given without. */
  order?: [id: string, direction: Direction];
  /** What a filter looks in; no filter without. */
  text?: (row: T) => string;
  empty: ComponentChildren;
}

const AT_ONCE = 200;

/** A table whose columns sort it; a long one shows its first rows, and all when asked to. */
export function Table<T>(props: Props<T>) {
  const { caption, columns, rows, pinned } = props;
  const [[id, direction], setOrder] = useState<[string, Direction]>(props.order ?? ["", "ascending"]);
  const [wanted, setWanted] = useState("");
  const [all, setAll] = useState(false);
  if (rows.length === 0 && !pinned) return <Empty>{props.empty}</Empty>;

  const key = columns.find((column) => column.id === id)?.key;
  const found = props.text && wanted ? matching(rows, props.text, wanted) : rows;
  const ordered = key ? sorted(found, key, direction) : found;
  const visible = all ? ordered : ordered.slice(0, AT_ONCE);
  const onSort = (column: Column<T>) => setOrder([column.id, flipped(column, id, direction)]);

  return (
    <div class="table">
      {props.text && rows.length > 5 && (
        <label class="filter">
          <span class="hidden">Filter {caption.toLowerCase()}</span>
          <input
            type="search"
            placeholder="Filter"
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
          <span class="faint">{wanted ? `${found.length} of ${counted(rows.length, "row")}` : ""}</span>
        </label>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <caption class="hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Heading column={column} sort={column.id === id ? direction : "none"} onSort={onSort} key={column.id} />
              ))}
            </tr>
          </thead>
          <tbody>
            {visible.map((row) => (
              <Cells columns={columns} row={row} key={props.identity(row)} />
            ))}
            {visible.length === 0 && wanted && (
              <tr>
                <td class="words" colSpan={columns.length}>
                  Nothing matches the filter.
                </td>
              </tr>
            )}
          </tbody>
          {pinned && (
            <tfoot>
              <Cells columns={columns} row={pinned} />
            </tfoot>
          )}
        </table>
      </div>
      {ordered.length > visible.length && (
        <button type="button" class="controls" onClick={() => setAll(true)}>
          Show all {counted(ordered.length, "row")}
        </button>
      )}
    </div>
  );
}

/** The other way on a second click; words begin at A, figures at the greatest. */
function flipped<T>(column: Column<T>, id: string, direction: Direction): Direction {
  if (column.id !== id) return column.words ? "ascending" : "descending";
  return direction === "ascending" ? "descending" : "ascending";
}

interface HeadingProps<T> {
  column: Column<T>;
  sort: Direction | "none";
  onSort: (column: Column<T>) => void;
}

function Heading<T>({ column, sort, onSort }: HeadingProps<T>) {
  const side = column.words ? "words" : "";
  if (!column.key) {
    return (
      <th scope="col" class={side} title={column.hint}>
        {column.label}
      </th>
    );
  }
  return (
    <th scope="col" class={side} aria-sort={sort}>
      <button type="button" onClick={() => onSort(column)} title={column.hint}>
        {column.label}
      </button>
    </th>
  );
}

function Cells<T>({ columns, row }: { columns: Column<T>[]; row: T }) {
  return (
    <tr>
      {columns.map((column, i) => {
        const classes = `${column.words ? "words" : ""} ${column.tone?.(row) ?? ""}`.trim();
        return i === 0 ? (
          <th scope="row" class={classes} key={column.id}>
            {column.cell(row)}
          </th>
        ) : (
          <td class={classes} key={column.id}>
            {column.cell(row)}
          </td>
        );
      })}
    </tr>
  );
}
