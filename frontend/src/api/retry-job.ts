// A job's media converted anew: the same settings after a failure, others on request.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";
import { createJob, replaceJob } from "./jobs";
import { useUploads } from "./uploads-context";
import type { Job, NewJobSettings } from "./types";

interface RetryRequest {
  job: Job;
  settings: NewJobSettings;
}

// The job that it replaces goes, unless it has a text.
export function useRetryJob() {
  const queryClient = useQueryClient();
  const uploads = useUploads();
  return useMutation({
    mutationFn: async ({ job, settings }: RetryRequest) => {
      if (!job.upload) throw new ApiError("not_found", "the media of this job was deleted");
      const isKept = job.state === "done" || job.windows_done > 0;
      const next = await createJob(queryClient, job.upload.id, settings, isKept ? job.id : undefined);
      const file = uploads.localFile(job.id);
      if (file) uploads.keepLocalFile(next.id, file);
      if (!isKept) await replaceJob(queryClient, job.id);
      return next;
    },
  });
}
