// The first screen: where files go in, what is done with them, and below what became of earlier ones.
import { useMutation } from "@tanstack/react-query";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { fetchOrReport } from "../../api/session";
import { useModels, useServer } from "../../api/server";
import { Button } from "../../components/button";
import { ProgressBar } from "../../components/progress-bar";
import { FilePicker } from "../../components/file-picker";
import { Icon, type IconName } from "../../components/icon";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import styles from "./home.module.css";
import { HomeSettings } from "./home-settings";
import { Promises } from "./promises";

const Recorder = lazy(() => import("./recorder"));

interface HomeScreenProps {
  isFirstVisit: boolean;
  onFiles: (files: File[]) => void;
  children: ReactNode; // the user's files
}

export function HomeScreen({ isFirstVisit, onFiles, children }: HomeScreenProps) {
  const { t } = useI18n();
  const server = useServer();
  const [isRecording, setRecording] = useState(false);
  return (
    <div className={styles["home"]}>
      <section className={isFirstVisit ? styles["intro"] : styles["introBrief"]}>
        <h1 className={styles["title"]}>{t.home.title}</h1>
        {isFirstVisit && <p className={styles["lead"]}>{t.home.lead}</p>}
      </section>
      <section className={styles["card"]}>
        {isRecording ? (
          <Suspense fallback={<p aria-busy="true">{t.recorder.title}</p>}>
            <Recorder onFile={(file) => (setRecording(false), onFiles([file]))} onClose={() => setRecording(false)} />
          </Suspense>
        ) : (
          <DropZone
            maxBytes={server.data?.max_upload_bytes}
            isCompact={!isFirstVisit}
            onFiles={onFiles}
            onRecord={canRecord() ? () => setRecording(true) : undefined}
            hasSample={isFirstVisit && server.data?.has_sample === true}
          />
        )}
        <HomeSettings isFolded={!isFirstVisit} />
      </section>
      <Promises server={server.data} />
      <ModelDownloads />
      {server.data?.error && <Problem error={server.data.error} title={t.home.noModel({ model: server.data.default_model })} />}
      {server.data?.is_ready === false && !server.data.error && <p className={styles["notReady"]}>{t.home.notReady}</p>}
      {isFirstVisit && <Steps />}
      {children}
    </div>
  );
}

interface DropZoneProps {
  maxBytes: number | undefined;
  isCompact: boolean;
  onFiles: (files: File[]) => void;
  onRecord: (() => void) | undefined;
  hasSample: boolean;
}

function canRecord(): boolean {
  return typeof MediaRecorder !== "undefined" && "mediaDevices" in navigator;
}

function DropZone({ maxBytes, isCompact, onFiles, onRecord, hasSample }: DropZoneProps) {
  const { t, format } = useI18n();
  const limit = maxBytes ? `, ${t.home.limit({ size: format.bytes(maxBytes) })}` : "";
  return (
    <div className={`${styles["zone"]} ${isCompact ? styles["zoneCompact"] : ""}`}>
      <span className={styles["zoneIcon"]}>
        <Icon name="upload" size={isCompact ? 24 : 32} />
      </span>
      <div className={styles["zoneWords"]}>
        <p className={styles["zoneTitle"]}>
          <span className={styles["forMouse"]}>{t.home.dropTitle}</span>
          <span className={styles["forTouch"]}>{t.home.chooseTitle}</span>
        </p>
        <p className={styles["zoneHint"]}>{t.home.dropHint}</p>
      </div>
      <div className={styles["zoneButtons"]}>
        <FilePicker look="primary" large multiple onFiles={onFiles}>
          {t.home.choose}
        </FilePicker>
        {onRecord && (
          <Button large icon="microphone" onClick={onRecord}>
            {t.home.record}
          </Button>
        )}
      </div>
      {hasSample && <Sample onFile={(file) => onFiles([file])} />}
      <p className={styles["formats"]}>
        {t.home.formats}
        {limit}
      </p>
    </div>
  );
}

// The product at work in one click.
function Sample({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useI18n();
  const sample = useMutation({
    mutationFn: async () => {
      const response = await fetchOrReport("/sample.mp4");
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return new File([await response.blob()], `${t.home.sampleName}.mp4`, { type: "video/mp4" });
    },
    onSuccess: onFile,
  });
  return (
    <div className={styles["sample"]}>
      <p>{t.home.sampleLead}</p>
      <Button look="ghost" icon="play" disabled={sample.isPending} onClick={() => sample.mutate()}>
        {t.home.sample}
      </Button>
      {sample.isError && <p role="alert">{t.home.sampleFailed}</p>}
    </div>
  );
}

// The first download of a model, which goes on while files are being sent.
function ModelDownloads() {
  const { t, format } = useI18n();
  const downloads = useModels().data?.downloads ?? [];
  return downloads.map(({ model, bytes_done, bytes_total }) => {
    const words = bytes_total
      ? t.home.modelDownload({ model, done: format.bytes(bytes_done), total: format.bytes(bytes_total) })
      : t.home.modelDownloadUnknown({ model, done: format.bytes(bytes_done) });
    return (
      <div key={model} className={styles["download"]}>
        <ProgressBar label={words} fraction={bytes_total ? bytes_done / bytes_total : null} />
        <p>{words}</p>
      </div>
    );
  });
}

function Steps() {
  const { t } = useI18n();
  const steps: { icon: IconName; title: string; text: string }[] = [
    { icon: "upload", title: t.steps.drop, text: t.steps.dropText },
    { icon: "play", title: t.steps.read, text: t.steps.readText },
    { icon: "download", title: t.steps.take, text: t.steps.takeText },
  ];
  return (
    <section className={styles["steps"]}>
      <h2 className={styles["stepsTitle"]}>{t.steps.title}</h2>
      <ol className={styles["stepList"]}>
        {steps.map((step) => (
          <li key={step.title} className={styles["step"]}>
            <Icon name={step.icon} />
            <h3>{step.title}</h3>
            <p>{step.text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
