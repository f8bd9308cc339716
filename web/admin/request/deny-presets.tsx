const presets = [
  'Not needed for this task.',
  'The arguments look wrong.',
  'Too risky here: use a safer way.',
  'Please ask again and say why you need it.',
] as const;

/** Reasons that come up often; choosing one fills in the field, where it can be changed. */
export function DenyPresets({ onChoose }: { onChoose: (reason: string) => void }) {
  return (
    <div role="group" aria-label="Suggestions" className="flex flex-wrap gap-1.5">
      {presets.map((preset) => (
        <button
          key={preset}
          type="button"
          onClick={() => onChoose(preset)}
          className="quiet-motion min-h-8 rounded-full border border-line px-3 py-1 text-left text-sm text-muted hover:border-line-strong hover:text-ink pointer-coarse:min-h-11"
        >
          {preset}
        </button>
      ))}
    </div>
  );
}
