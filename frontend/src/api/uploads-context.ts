// The page's one set of uploads, for every component.
import { createContext, use } from "react";
import { useStore } from "../lib/use-store";
import type { UploadItem } from "./upload-machine";
import type { Uploads } from "./uploads";

export const UploadsContext = createContext<Uploads | null>(null);

export function useUploads(): Uploads {
  const uploads = use(UploadsContext);
  if (!uploads) throw new Error("UploadsContext is missing above this component");
  return uploads;
}

export function useUploadItems(): readonly UploadItem[] {
  return useStore(useUploads().store);
}

export function useUploadOf(jobId: string): UploadItem | undefined {
  return useUploadItems().find((item) => item.jobId === jobId);
}
