import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

export interface Tab {
  id: string;
  label: string;
  /** A figure beside the label. */
  count?: number | string;
  /** Whether the figure is one to look at. */
  alert?: boolean;
  panel: () => ComponentChildren;
}

/** Tabs as ARIA has them: one stop for the Tab key, arrows between them. The page's fragment names the open one. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  const [chosen, setChosen] = useState(() => location.hash.slice(1));
  const list = useRef<HTMLDivElement>(null);
  const open = tabs.find((tab) => tab.id === chosen) ?? tabs[0];

  const choose = (tab: Tab) => {
    setChosen(tab.id);
    history.replaceState(null, "", `#${tab.id}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = target(event.key, tabs.indexOf(open), tabs.length);
    if (to === null) return;
    event.preventDefault();
    choose(tabs[to]);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[to].focus();
  };

  return (
    <section class="tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            type="button"
            role="tab"
            id={`tab-${tab.id}`}
            key={tab.id}
            aria-selected={tab === open}
            aria-controls={`panel-${tab.id}`}
            tabIndex={tab === open ? 0 : -1}
            onClick={() => choose(tab)}
          >
            {tab.label}
            {tab.count !== undefined && <span class={tab.alert ? "count alert" : "count"}>{tab.count}</span>}
          </button>
        ))}
      </div>
      {tabs.map((tab) => (
        <div
          role="tabpanel"
          id={`panel-${tab.id}`}
          key={tab.id}
          aria-labelledby={`tab-${tab.id}`}
          hidden={tab !== open}
          tabIndex={0}
        >
          {tab === open && tab.panel()}
        </div>
      ))}
    </section>
  );
}

function target(key: string, at: number, length: number): number | null {
  switch (key) {
    case "ArrowRight":
      return (at + 1) % length;
    case "ArrowLeft":
      return (at + length - 1) % length;
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return null;
  }
}
