import { choose, useTheme, type Choice } from "../theme";

const NEXT: Record<Choice, Choice> = { auto: "light", light: "dark", dark: "auto" };
const SIGN: Record<Choice, string> = { auto: "◐", light: "☀", dark: "☾" };

/** Goes round automatic, light and dark. */
export function ThemeButton() {
  const { choice } = useTheme();
  const label = `Theme: ${choice === "auto" ? "as the system" : choice}`;
  return (
    <button type="button" class="icon" aria-label={label} title={label} onClick={() => choose(NEXT[choice])}>
      <span aria-hidden="true">{SIGN[choice]}</span>
    </button>
  );
}
