/** Why: canvases take their colours from the style sheet, in the theme that is in force when they are drawn. */

export type Palette = (token: string) => string;

/** Token values as the browser resolves them inside `host`: `light-dark()` only resolves in a used colour. */
export function palette(host: HTMLElement): Palette {
  const sample = document.createElement('span');
  // Where the system forces its colours, `color` would be that of text for each token; tokens.css names system colours then.
  sample.style.forcedColorAdjust = 'none';
  host.append(sample);
  const found = new Map<string, string>();
  return (token) => {
    let value = found.get(token);
    if (value === undefined) {
      sample.style.color = `var(--${token})`;
      value = getComputedStyle(sample).color;
      found.set(token, value);
    }
    return value;
  };
}
