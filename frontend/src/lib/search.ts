// Finding words in a transcript: case does not count, nor do accents on Latin letters, nor the dots of ё.
// Folding keeps the length of the text, so that what is found can be marked in the original.
export interface Match {
  segment: number; // index into the list that was searched
  start: number; // UTF-16 offsets in its text
  end: number;
}

export const kMaxMatches = 5000;

function foldCharacter(character: string): string {
  const lower = character.toLowerCase();
  if (lower === "ё") return "е";
  if (lower.length !== character.length) return character;
  if (lower < "\u00c0" || lower > "\u024f") return lower;
  const base = lower.normalize("NFD").charAt(0);
  return base >= "a" && base <= "z" ? base : lower;
}

export function fold(text: string): string {
  let folded = "";
  for (let i = 0; i < text.length; i++) folded += foldCharacter(text.charAt(i));
  return folded;
}

export function findAll(texts: readonly string[], query: string): Match[] {
  const wanted = fold(query.trim());
  const matches: Match[] = [];
  if (wanted === "") return matches;
  for (let segment = 0; segment < texts.length; segment++) {
    const text = fold(texts[segment] ?? "");
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      matches.push({ segment, start: at, end: at + wanted.length });
      if (matches.length === kMaxMatches) return matches;
    }
  }
  return matches;
}
