// Characters that nobody sees, but that change what is seen beside them.

// Controls but tab and line feed; marks, embeddings, overrides and isolates of direction; separators of lines.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The text with such characters written out: `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`);
}
