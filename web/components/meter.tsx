import { Progress } from '@mantine/core';

/** A labelled progress bar; the words beside it say what the bar shows. */
export function Meter({ label, value, text }: { label: string; value: number; text: string }) {
  const percent = Math.round(100 * Math.min(1, Math.max(0, value)));
  return (
    <div className="meter">
      <div className="meter-words">
        <span>{label}</span>
        <span className="soft">{text}</span>
      </div>
      <Progress.Root size="lg">
        <Progress.Section value={percent} aria-label={label} aria-valuetext={text} />
      </Progress.Root>
    </div>
  );
}
