/** Why: what is chosen seldom lies behind a button: it opens below it, and Escape or leaving it closes it. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

export function Pop({ label, children }: { label: string; children: ComponentChildren }) {
  const box = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => {
    if (box.current) box.current.open = false;
  };
  return (
    <details
      ref={box}
      class="opens"
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !box.current?.open) return;
        close();
        box.current.querySelector('summary')?.focus();
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget instanceof Node && !box.current?.contains(event.relatedTarget)) close();
      }}
    >
      <summary class="btn">{label}</summary>
      {open ? <div class="panel pad">{children}</div> : null}
    </details>
  );
}
