// Whether the server answers. Whoever meets silence reports it; then one probe asks until an answer comes, and all data is read anew.
import { backoffMs, sleep } from "../lib/backoff";
import { Store } from "../lib/store";

export type Connection = "online" | "offline" | "restored";

export const connectionStore = new Store<Connection>("online");

const kShowRestoredMs = 4000;
const restoredListeners = new Set<() => void>();
let hurry: AbortController | null = null;

// Called each time the connection is back; returns how to stop that.
export function onRestored(listener: () => void): () => void {
  restoredListeners.add(listener);
  return () => restoredListeners.delete(listener);
}

export function reportLost(): void {
  if (connectionStore.get() === "offline") return;
  connectionStore.set("offline");
  void probeUntilBack();
}

export function retryNow(): void {
  hurry?.abort();
}

async function probeUntilBack(): Promise<void> {
  window.addEventListener("online", retryNow);
  for (let attempt = 0; ; attempt++) {
    hurry = new AbortController();
    await sleep(backoffMs(attempt), hurry.signal);
    if (await serverAnswers()) break;
  }
  window.removeEventListener("online", retryNow);
  connectionStore.set("restored");
  for (const listener of [...restoredListeners]) listener();
  await sleep(kShowRestoredMs);
  if (connectionStore.get() === "restored") connectionStore.set("online");
}

async function serverAnswers(): Promise<boolean> {
  try {
    const response = await fetch("/api/v1/server", { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    return response.status < 500;
  } catch {
    return false;
  }
}
