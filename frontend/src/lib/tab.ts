// A name for this tab, the same after a reload and another one in a copy of the tab; and which other tabs of the page still live.
const kKey = "v2t.tab";
const kChannel = "v2t.tabs";
const kAnswerMs = 400;

interface Question {
  ask: readonly string[];
}
interface Answer {
  here: string;
}

function randomName(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The name lies in the tab's storage only while no page of the tab is open: whoever copies an open tab finds none. `page` tells the
// pages of a tab apart: one that the browser brings back from its cache may have been overtaken by a later one.
const page = randomName();

function takeKept(): { tab: string; page: string } | null {
  try {
    const kept = JSON.parse(window.sessionStorage.getItem(kKey) ?? "null") as { tab: string; page: string } | null;
    window.sessionStorage.removeItem(kKey);
    return kept;
  } catch {
    return null;
  }
}

export const tabName = takeKept()?.tab ?? randomName();

window.addEventListener("pagehide", () => {
  try {
    window.sessionStorage.setItem(kKey, JSON.stringify({ tab: tabName, page }));
  } catch {
    // Blocked: the name ends with the page.
  }
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted && takeKept()?.page !== page) window.location.reload();
});

function openChannel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel(kChannel);
  } catch {
    return null; // not known here, or refused inside a frame
  }
}

const channel = openChannel();
channel?.addEventListener("message", ({ data }: MessageEvent<Question | Answer>) => {
  if ("ask" in data && data.ask.includes(tabName)) channel.postMessage({ here: tabName } satisfies Answer);
});

// Those of the tabs that do not answer: closed, or crashed. Where tabs cannot be asked, none is taken for dead.
export function deadTabs(tabs: readonly string[]): Promise<string[]> {
  if (!channel || tabs.length === 0) return Promise.resolve([]);
  return new Promise((resolve) => {
    const alive = new Set<string>();
    const listen = ({ data }: MessageEvent<Question | Answer>) => "here" in data && alive.add(data.here);
    channel.addEventListener("message", listen);
    channel.postMessage({ ask: tabs } satisfies Question);
    setTimeout(() => {
      channel.removeEventListener("message", listen);
      resolve(tabs.filter((tab) => !alive.has(tab)));
    }, kAnswerMs);
  });
}
