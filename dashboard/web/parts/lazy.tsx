/** Why: a page that is not looked at is not loaded. A chunk that cannot be loaded says so and can be tried again. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { words } from '../words.ts';
import { Empty, Waiting } from './answers.tsx';

/** A component that loads itself when it is first shown, or earlier, when it is told to begin. */
export type Lazy<P extends object> = ComponentType<P> & { begin(): void };

export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): Lazy<P> {
  let loaded: ComponentType<P> | null = null;
  let loading: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    loading ??= load().then((component) => {
      loaded = component;
    });
    return loading;
  };
  function Part(props: P) {
    const [state, setState] = useState<'waiting' | 'there' | 'failed'>(loaded ? 'there' : 'waiting');
    useEffect(() => {
      if (state !== 'waiting') return;
      begin().then(
        () => setState('there'),
        () => {
          loading = null;
          setState('failed');
        },
      );
    }, [state]);
    if (loaded) {
      const Page = loaded;
      return <Page {...props} />;
    }
    if (state === 'waiting')
      return (
        <div class="panel">
          <Waiting what={words.what.page} />
        </div>
      );
    // A new build may have replaced the file: loading the page anew gets the new names.
    return (
      <div class="panel">
        <Empty title={words.load.failed(words.what.page)} text={words.load.chunk}>
          <button class="btn go" type="button" onClick={() => location.reload()}>
            {words.load.again}
          </button>
        </Empty>
      </div>
    );
  }
  // What fails before it is shown is told where it is shown.
  return Object.assign(Part, { begin: () => void begin().catch(() => {}) });
}
