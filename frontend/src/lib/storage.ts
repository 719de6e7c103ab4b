// Remembered choices: localStorage where the browser allows it, memory where it does not (a blocked third-party iframe).
const memory = new Map<string, string>();

export function readText(key: string): string | null {
  try {
    return window.localStorage.getItem(key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

// False: it is kept only until the page is closed.
export function writeText(key: string, value: string | null): boolean {
  memory.delete(key);
  try {
    if (value === null) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, value);
    return true;
  } catch {
    if (value !== null) memory.set(key, value);
    return value === null;
  }
}

export function readJson(key: string): unknown {
  try {
    return JSON.parse(readText(key) ?? "null") as unknown;
  } catch {
    return null;
  }
}

export function writeJson(key: string, value: unknown): void {
  writeText(key, JSON.stringify(value));
}

export function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(window.localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}
