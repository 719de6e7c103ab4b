// Whose text this is: the way back, the name, its state and what can be done with the whole.
import { useState } from "react";
import { useCancelJob, useDeleteJob, useRenameJob } from "../../api/jobs";
import type { JobStage } from "../../api/job-view";
import { isFinal, type Job } from "../../api/types";
import { Button, IconButton } from "../../components/button";
import { Icon } from "../../components/icon";
import { Rename } from "../../components/rename";
import { StageBadge } from "../../components/stage-badge";
import { useI18n } from "../../i18n/i18n";
import { hrefOf, navigate } from "../../lib/route";
import styles from "./transcript.module.css";

interface JobHeaderProps {
  job: Job;
  stage: JobStage;
  onStopUpload: () => void;
}

export function JobHeader({ job, stage, onStopUpload }: JobHeaderProps) {
  const { t } = useI18n();
  const [isRenaming, setRenaming] = useState(false);
  const rename = useRenameJob();
  const cancel = useCancelJob();
  const remove = useDeleteJob();
  return (
    <header className={styles["head"]}>
      <a className={styles["back"]} href={hrefOf({ screen: "home" })}>
        <Icon name="back" size={18} />
        {t.actions.back}
      </a>
      <div className={styles["titleRow"]}>
        <h1 className={isRenaming ? "visually-hidden" : styles["title"]} dir="auto">
          {job.name}
        </h1>
        {isRenaming && (
          <Rename name={job.name} onSave={(name) => rename.mutate({ id: job.id, name })} onClose={() => setRenaming(false)} />
        )}
        <div className={styles["headActions"]}>
          <StageBadge stage={stage} />
          {!isFinal(job.state) && (
            <Button
              look="ghost"
              onClick={() => {
                onStopUpload();
                cancel.mutate(job.id);
              }}
            >
              {t.actions.cancel}
            </Button>
          )}
          <IconButton icon="pencil" label={t.actions.rename} onClick={() => setRenaming(true)} />
          <IconButton
            icon="trash"
            label={t.actions.delete}
            onClick={() => {
              onStopUpload();
              remove(job);
              navigate({ screen: "home" });
            }}
          />
        </div>
      </div>
    </header>
  );
}
