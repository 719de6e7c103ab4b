// The player on the whole screen, with its controls; on an iPhone, which gives the screen to pictures alone, the picture.
import { useSyncExternalStore } from "react";

type PhoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

export function canFillScreen(media: HTMLMediaElement | null): boolean {
  return document.fullscreenEnabled || typeof (media as PhoneVideo | null)?.webkitEnterFullscreen === "function";
}

export function toggleFullScreen(media: HTMLMediaElement | null): void {
  const player = media?.closest("[data-player]");
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (document.fullscreenEnabled) player?.requestFullscreen().catch(() => undefined); // refused: it stays as it is
  else (media as PhoneVideo | null)?.webkitEnterFullscreen?.();
}

function subscribe(listener: () => void): () => void {
  document.addEventListener("fullscreenchange", listener);
  return () => document.removeEventListener("fullscreenchange", listener);
}

export function useIsFullScreen(): boolean {
  return useSyncExternalStore(subscribe, () => document.fullscreenElement != null);
}
