// The row of controls: back, play, forward; how to listen; how to look.
import type { ReactNode } from "react";
import { Button } from "../../components/button";
import { Icon, type IconName } from "../../components/icon";
import { useI18n } from "../../i18n/i18n";
import { useStore } from "../../lib/use-store";
import { canFillScreen, toggleFullScreen, useIsFullScreen } from "./full-screen";
import { captionsStore, loudnessStore, setVolume, toggleCaptions, toggleMuted } from "./player-choices";
import styles from "./player-controls.module.css";
import { keysOnStore, kShortcuts } from "./use-keys";
import { kSkipMs, kSpeeds, type Playback } from "./use-playback";

interface PlayerControlsProps {
  playback: Playback;
  hasPicture: boolean;
  onLoop: () => void;
}

export function PlayerControls({ playback, hasPicture, onLoop }: PlayerControlsProps) {
  const { t } = useI18n();
  const { isPlaying, isWaiting } = playback;
  return (
    <div className={styles["row"]} role="group" aria-label={t.player.controls}>
      <Control words={t.player.back} keys="back" onClick={() => playback.skip(-kSkipMs)}>
        −5
      </Control>
      <Control
        words={isPlaying ? t.player.pause : t.player.play}
        keys="toggle"
        icon={isPlaying ? "pause" : "play"}
        className={`${styles["play"]} ${isWaiting ? styles["waiting"] : ""}`}
        onClick={playback.toggle}
      />
      <Control words={t.player.forward} keys="forward" onClick={() => playback.skip(kSkipMs)}>
        +5
      </Control>
      <span className={styles["space"]} />
      <Control words={t.player.loop} keys="loop" icon="loop" isPressed={playback.loop !== null} onClick={onLoop} />
      <Speed playback={playback} />
      <Loudness />
      {hasPicture && <PictureControls media={playback.media} />}
    </div>
  );
}

interface ControlProps {
  words: string;
  keys: keyof typeof kShortcuts.listen;
  icon?: IconName;
  isPressed?: boolean;
  className?: string;
  onClick: () => void;
  children?: ReactNode;
}

function Control({ words, keys, icon, isPressed, className = "", onClick, children }: ControlProps) {
  const { t } = useI18n();
  const key = kShortcuts.listen[keys].at(-1) ?? "";
  const hasKeys = useStore(keysOnStore);
  return (
    <Button
      look="ghost"
      className={`${styles["control"]} ${className}`}
      aria-label={words}
      aria-pressed={isPressed}
      aria-keyshortcuts={hasKeys ? key : undefined}
      title={hasKeys ? t.player.withKey({ words, key }) : words}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </Button>
  );
}

function Speed({ playback }: { playback: Playback }) {
  const { t, format } = useI18n();
  return (
    <label className={styles["speed"]}>
      <span className="visually-hidden">{t.player.speed}</span>
      <select title={t.player.speed} value={playback.speed} onChange={(event) => playback.setSpeed(Number(event.target.value))}>
        {kSpeeds.map((value) => (
          <option key={value} value={value}>
            {t.player.speedValue({ times: format.number(value, 2) })}
          </option>
        ))}
      </select>
    </label>
  );
}

// The slider is for who has a mouse and the room: phones have keys for it.
function Loudness() {
  const { t, format } = useI18n();
  const { volume, isMuted } = useStore(loudnessStore);
  const heard = isMuted ? 0 : volume;
  return (
    <>
      <Control words={t.player.mute} keys="mute" icon={isMuted ? "muted" : "volume"} isPressed={isMuted} onClick={toggleMuted} />
      <input
        type="range"
        className={styles["volume"]}
        aria-label={t.player.volume}
        aria-valuetext={format.percent(heard)}
        title={t.player.volume}
        min={0}
        max={1}
        step={0.05}
        value={heard}
        onChange={(event) => setVolume(Number(event.target.value))}
      />
    </>
  );
}

function PictureControls({ media }: { media: HTMLMediaElement | null }) {
  const { t } = useI18n();
  const isFull = useIsFullScreen();
  return (
    <>
      <Control words={t.player.captions} keys="captions" icon="captions" isPressed={useStore(captionsStore)} onClick={toggleCaptions} />
      {canFillScreen(media) && (
        <Control
          words={isFull ? t.player.leaveFullScreen : t.player.fullScreen}
          keys="fullScreen"
          icon={isFull ? "shrink" : "expand"}
          onClick={() => toggleFullScreen(media)}
        />
      )}
    </>
  );
}
