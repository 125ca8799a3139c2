// Light or dark: as the system has it, or as chosen here, which is remembered.
import { useEffect, useState } from "preact/hooks";

export type Choice = "auto" | "light" | "dark";
const KEY = "load-test-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

let choice: Choice = remembered();
apply();

system.addEventListener("change", tell);
// Paper is light. Charts that redraw themselves for it find its colours.
addEventListener("beforeprint", () => document.documentElement.setAttribute("data-print", ""));
addEventListener("afterprint", () => document.documentElement.removeAttribute("data-print"));

function remembered(): Choice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    return "auto"; // A report opened as a file may have no storage.
  }
}

function apply(): void {
  document.documentElement.dataset.theme = choice;
}

function tell(): void {
  listeners.forEach((listener) => listener());
}

export function choose(next: Choice): void {
  choice = next;
  apply();
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Then it holds until the page is closed.
  }
  tell();
}

/** Whether the page is dark now; paper never is. */
export function isDark(): boolean {
  const root = document.documentElement;
  if (root.hasAttribute("data-print")) return false;
  return choice === "dark" || (choice === "auto" && system.matches);
}

/** The choice, and whether the page is dark; renders again when they change. */
export function useTheme(): { choice: Choice; dark: boolean } {
  const [, again] = useState(0);
  useEffect(() => {
    const listener = () => again((n) => n + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return { choice, dark: isDark() };
}
