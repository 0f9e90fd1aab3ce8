/** Why: a label, a control, a hint and the server's word about it belong together, also for a screen reader. */
import type { ComponentChildren, JSX } from 'preact';
import type { ApiError } from '../api.ts';

interface FieldProps extends Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'label'> {
  name: string;
  label: string;
  hint?: string;
  error?: ApiError | null;
  /** What the server calls it, where that is another name. */
  errorName?: string;
  wide?: boolean;
  scope: string;
}

const messageFor = (error: ApiError | null | undefined, name: string) =>
  error?.problem.errors?.find(({ field }) => field === name || field.endsWith(`/${name}`))?.message;

/** `scope` makes ids unique where a page has two forms with the same names. */
export function Field({ name, label, hint, error, errorName = name, wide, scope, ...input }: FieldProps) {
  const id = `${scope}-${name}`;
  const message = messageFor(error, errorName);
  const described = [hint ? `${id}-h` : '', message ? `${id}-e` : ''].filter(Boolean).join(' ');
  return (
    <div class={`field${wide ? ' all' : ''}`}>
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        {...input}
        {...(described ? { 'aria-describedby': described } : {})}
        {...(message ? { 'aria-invalid': 'true' } : {})}
      />
      {hint ? <small id={`${id}-h`}>{hint}</small> : null}
      {message ? (
        <small id={`${id}-e`} class="wrong">
          {message}
        </small>
      ) : null}
    </div>
  );
}

interface SelectProps {
  name: string;
  label: string;
  scope: string;
  wide?: boolean;
  hint?: string;
  value?: string;
  onPick?: (value: string) => void;
  children: ComponentChildren;
}
export const Select = ({ name, label, scope, wide, hint, value, onPick, children }: SelectProps) => (
  <div class={`field${wide ? ' all' : ''}`}>
    <label for={`${scope}-${name}`}>{label}</label>
    <select
      id={`${scope}-${name}`}
      name={name}
      {...(value === undefined ? {} : { value })}
      onChange={(event) => onPick?.(event.currentTarget.value)}
      {...(hint ? { 'aria-describedby': `${scope}-${name}-h` } : {})}
    >
      {children}
    </select>
    {hint ? <small id={`${scope}-${name}-h`}>{hint}</small> : null}
  </div>
);

/** The text values of a form. */
export function textsOf(form: HTMLFormElement): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') texts[name] = value.trim();
  return texts;
}
