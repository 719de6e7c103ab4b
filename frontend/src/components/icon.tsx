// The page's drawings: one stroke, 20 by 20, in the colour of the text. They only accompany words, so readers skip them.
const kPaths = {
  upload: "M10 13V3.5M6 7l4-4 4 4M3.5 12.5V15a1.5 1.5 0 0 0 1.5 1.5h10a1.5 1.5 0 0 0 1.5-1.5v-2.5",
  lock: "M5.5 9h9a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1ZM7 9V6.5a3 3 0 0 1 6 0V9",
  back: "M12 4.5 6.5 10l5.5 5.5",
  down: "m5.5 8 4.5 4.5L14.5 8",
  up: "m5.5 12 4.5-4.5 4.5 4.5",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l3.5 3.5",
  close: "m5.5 5.5 9 9M14.5 5.5l-9 9",
  copy: "M7.5 7.5V4.7c0-.7.5-1.2 1.2-1.2h6.6c.7 0 1.2.5 1.2 1.2v6.6c0 .7-.5 1.2-1.2 1.2h-2.8M4.7 7.5h6.6c.7 0 1.2.5 1.2 1.2v6.6c0 .7-.5 1.2-1.2 1.2H4.7c-.7 0-1.2-.5-1.2-1.2V8.700c0-.7.5-1.2 1.2-1.2Z",
  download: "M10 3.500v9M6 9l4 4 4-4M3.500 16.500h13",
  trash: "M4 5.500h12M8 5.500V3.500h4v2M5.500 5.500l.7 10.200c0 .5.400.8.900.8h5.800c.5 0 .9-.300.9-.800l.7-10.200",
  pencil: "m4 16 .700-3.200L13.300 4.200a1.400 1.400 0 0 1 2 0l.5.5a1.400 1.400 0 0 1 0 2L7.200 15.300 4 16Z",
  retry: "M15.800 8A6.200 6.200 0 1 0 16 11.500M16 4v4h-4",
  play: "M6.500 4.200v11.600L15.500 10 6.500 4.200Z",
  pause: "M7 4.500v11M13 4.500v11",
  warning: "M10 7.500v3.500M10 13.700v.1M10 3.300 2.700 16h14.600L10 3.300Z",
  check: "m4.500 10.500 3.500 3.500 7.500-8",
  video: "M3.500 5.500h9v9h-9zM12.500 9l4-2.500v7l-4-2.500",
  sound: "M3.500 8.500v3M6.700 6v8M10 3.500v13M13.300 6v8M16.500 8.500v3",
  microphone: "M10 3.200a2.300 2.300 0 0 1 2.300 2.300v4a2.300 2.300 0 0 1-4.600 0v-4A2.300 2.300 0 0 1 10 3.200ZM5.200 9.500a4.800 4.800 0 0 0 9.600 0M10 14.300v2.500",
  undo: "M7.500 5 4 8.500 7.500 12M4.500 8.500h7a4.500 4.500 0 0 1 0 8H9",
  redo: "M12.500 5 16 8.500 12.500 12M15.500 8.500h-7a4.500 4.500 0 0 0 0 8H11",
  replace: "M4 7h9.500M11 4.300 13.700 7 11 9.700M16 13H6.500M9 10.300 6.300 13 9 15.700",
  keyboard: "M3.500 6h13a1 1 0 0 1 1 1v6.500a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1ZM5.500 9h.1M8.500 9h.1M11.500 9h.1M14.500 9h.1M7 12h6",
  loop: "M5 11V9a3 3 0 0 1 3-3h7.500M13 3.500 15.500 6 13 8.500M15 9v2a3 3 0 0 1-3 3H4.500M7 16.500 4.500 14 7 11.500",
  plus: "M10 4.500v11M4.500 10h11",
  minus: "M4.500 10h11",
  split: "M10 3.500v13M7 7 4 10l3 3M13 7l3 3-3 3",
  merge: "M10 3.500v13M3.500 7l3 3-3 3M16.500 7l-3 3 3 3",
  bell: "M5 13.500h10l-1.200-2V8.500a3.800 3.800 0 0 0-7.600 0v3L5 13.500ZM8.500 15.800a1.600 1.600 0 0 0 3 0",
  follow: "M10 3.500v13M6 12.500l4 4 4-4",
} as const;

export type IconName = keyof typeof kPaths;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true" focusable="false">
      <path d={kPaths[name]} stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
