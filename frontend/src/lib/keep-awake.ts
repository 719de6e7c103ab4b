// Keeps the screen on while the page is looked at: a phone that goes to sleep stops what it records.
// Returns how to let it sleep again. Where the browser has no such lock, or refuses it, nothing happens.
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let isOver = false;
  const take = async () => {
    if (document.visibilityState !== "visible") return; // the browser takes it back from a hidden page
    lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    if (isOver) void lock?.release();
  };
  const again = () => void take();
  document.addEventListener("visibilitychange", again);
  again();
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", again);
    void lock?.release();
  };
}
