// Records the microphone: loudness, time, pause; what was recorded becomes a file like any other.
import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/button";
import { Icon } from "../../components/icon";
import { Select } from "../../components/select";
import { useI18n } from "../../i18n/i18n";
import { keepAwake } from "../../lib/keep-awake";
import { recordingErrorOf, startRecording, type Recording, type RecordingError } from "../../lib/recording";
import { clock } from "../../lib/time";
import styles from "./recorder.module.css";

interface RecorderProps {
  onFile: (file: File) => void;
  onClose: () => void;
}

const kTickMs = 100;
const kQuietAfterMs = 4000;
const kHeard = 0.15;

type Phase = "asking" | "recording" | "paused" | "ended";

export default function Recorder({ onFile, onClose }: RecorderProps) {
  const { t, format } = useI18n();
  const [device, setDevice] = useState<string>();
  const [phase, setPhase] = useState<Phase>("asking");
  const [error, setError] = useState<RecordingError>();
  const recording = useRef<Recording>(undefined);
  const name = useRef(t.recorder.fileName({ moment: format.moment(new Date().toISOString()).replace(/[:/\\]/g, "-") }));
  const devices = useMicrophones(phase !== "asking");
  const { elapsedMs, level, isQuiet } = useMeter(recording, phase === "recording");

  useEffect(() => {
    let isCurrent = true;
    setPhase("asking");
    startRecording({ deviceId: device, name: name.current, onEnded: () => setPhase("ended") }).then(
      (started) => {
        if (!isCurrent) return started.discard();
        recording.current = started;
        setPhase("recording");
      },
      (reason: unknown) => isCurrent && setError(recordingErrorOf(reason)),
    );
    return () => {
      isCurrent = false;
      recording.current?.discard();
      recording.current = undefined;
    };
  }, [device]);
  useWarningBeforeLeaving(elapsedMs > 0);
  useEffect(() => (phase === "recording" ? keepAwake() : undefined), [phase]);

  const finish = async () => {
    const file = await recording.current?.finish();
    recording.current = undefined;
    if (file && file.size > 0) onFile(file);
    else onClose();
  };
  const discard = () => {
    if (elapsedMs < 3000 || window.confirm(t.recorder.discardSure)) onClose();
  };

  if (error) {
    const words = t.recorder[error];
    return (
      <section className={styles["recorder"]} role="alert">
        <p className={styles["what"]}>
          <Icon name="warning" /> {words.what}
        </p>
        <p>{words.todo}</p>
        <Button onClick={onClose}>{t.actions.close}</Button>
      </section>
    );
  }
  return (
    <section className={styles["recorder"]} aria-label={t.recorder.title}>
      <p className={styles["clock"]} role="timer" aria-label={t.recorder.time({ time: clock(elapsedMs) })}>
        <span className={styles["dot"]} data-on={phase === "recording" || undefined} aria-hidden="true" />
        {clock(elapsedMs)}
      </p>
      <meter className={styles["meter"]} min={0} max={1} value={level} aria-label={t.recorder.level} />
      {phase === "asking" && <p aria-live="polite">{t.recorder.asking}</p>}
      {phase === "ended" && <p role="alert">{t.recorder.ended}</p>}
      {isQuiet && <p role="status">{t.recorder.quiet}</p>}
      {devices.length > 1 && elapsedMs < kQuietAfterMs * 2 && (
        <Select label={t.recorder.microphone} value={device ?? devices[0]?.deviceId ?? ""} onChange={setDevice}>
          {devices.map(({ deviceId, label }) => (
            <option key={deviceId} value={deviceId}>
              {label || t.recorder.microphone}
            </option>
          ))}
        </Select>
      )}
      <div className={styles["buttons"]}>
        <Button look="primary" large icon="check" disabled={phase === "asking"} onClick={() => void finish()}>
          {t.recorder.finish}
        </Button>
        {phase === "recording" && (
          <Button large icon="pause" onClick={() => (recording.current?.pause(), setPhase("paused"))}>
            {t.recorder.pause}
          </Button>
        )}
        {phase === "paused" && (
          <Button large icon="microphone" onClick={() => (recording.current?.goOn(), setPhase("recording"))}>
            {t.recorder.goOn}
          </Button>
        )}
        <Button large look="ghost" icon="trash" onClick={discard}>
          {t.recorder.discard}
        </Button>
      </div>
    </section>
  );
}

// Their names are known only after the user allowed one of them.
function useMicrophones(isAllowed: boolean): MediaDeviceInfo[] {
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    if (!isAllowed) return;
    let isCurrent = true;
    void navigator.mediaDevices.enumerateDevices().then((all) => isCurrent && setDevices(all.filter(({ kind }) => kind === "audioinput")));
    return () => {
      isCurrent = false;
    };
  }, [isAllowed]);
  return devices;
}

function useMeter(recording: React.RefObject<Recording | undefined>, isOn: boolean) {
  const [elapsedMs, setElapsedMs] = useState(0);
  const [level, setLevel] = useState(0);
  const [heardAtMs, setHeardAtMs] = useState(0);
  useEffect(() => {
    if (!isOn) return setLevel(0);
    let last = performance.now();
    let total = 0;
    setElapsedMs((before) => ((total = before), before));
    const timer = window.setInterval(() => {
      const now = performance.now();
      total += now - last;
      last = now;
      const loudness = recording.current?.loudness() ?? null;
      setElapsedMs(total);
      setLevel(loudness ?? 0);
      if (loudness === null || loudness > kHeard) setHeardAtMs(total);
    }, kTickMs);
    return () => window.clearInterval(timer);
  }, [isOn, recording]);
  return { elapsedMs, level, isQuiet: isOn && elapsedMs - heardAtMs > kQuietAfterMs };
}

function useWarningBeforeLeaving(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isOn]);
}
