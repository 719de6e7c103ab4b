// The browser's file chooser behind a button.
import { useRef, type ReactNode } from "react";
import { kAcceptedFiles } from "../lib/media-kind";
import { Button } from "./button";
import type { IconName } from "./icon";

interface FilePickerProps {
  children: ReactNode;
  onFiles: (files: File[]) => void;
  multiple?: boolean;
  look?: "primary" | "plain" | "ghost";
  large?: boolean;
  icon?: IconName;
}

export function FilePicker({ children, onFiles, multiple = false, ...button }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple={multiple}
        accept={kAcceptedFiles}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = ""; // the same file may be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
      <Button {...button} onClick={() => input.current?.click()}>
        {children}
      </Button>
    </>
  );
}
