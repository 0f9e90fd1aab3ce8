/** Why: a page that is not looked at is not loaded. A chunk that cannot be loaded says so and can be tried again. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { words } from '../words.ts';
import { Empty, Waiting } from './answers.tsx';

/** A component that loads itself when it is first shown. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [state, setState] = useState<'waiting' | 'there' | 'failed'>(loaded ? 'there' : 'waiting');
    useEffect(() => {
      if (state !== 'waiting') return;
      load().then(
        (component) => {
          loaded = component;
          setState('there');
        },
        () => setState('failed'),
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
        <Empty title={words.load.failed(words.what.thePage)} text={words.load.chunk}>
          <button class="btn go" type="button" onClick={() => location.reload()}>
            {words.load.again}
          </button>
        </Empty>
      </div>
    );
  };
}
