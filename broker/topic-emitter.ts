/**
 * Why: stands in place of mqemitter inside aedes. mqemitter waits for every subscriber before it takes the next message, so that
 * one frozen reader grows its queue without bound and then crashes the process (mqemitter pull request 204). This one waits for
 * nobody: what a slow reader may have unsent is bounded where it is forwarded (`access.ts`).
 */
interface Message {
  topic: string;
}
type Listener = (message: Message, done: () => void) => void;
interface Node {
  here: Set<Listener> /** Listeners of `.../#` at this level. */;
  below: Set<Listener>;
  children: Map<string, Node>;
}

/** The part of mqemitter's interface that aedes uses. */
export interface TopicEmitter {
  on(topic: string, listener: Listener, done?: () => void): void;
  removeListener(topic: string, listener: Listener, done?: () => void): void;
  emit(message: Message, done?: (error?: Error) => void): void;
  close(done: () => void): void;
}

const node = (): Node => ({ here: new Set(), below: new Set(), children: new Map() });
const nothing = (): void => undefined;

export function createTopicEmitter(): TopicEmitter {
  const root = node();
  let closed = false;

  function match(at: Node, levels: readonly string[], depth: number, found: Set<Listener>): void {
    for (const listener of at.below) found.add(listener); // `a/#` matches `a` too [4.7.1.2]
    const level = levels[depth];
    if (level === undefined) {
      for (const listener of at.here) found.add(listener);
      return;
    }
    for (const key of [level, '+']) {
      const child = at.children.get(key);
      if (child) match(child, levels, depth + 1, found);
    }
  }

  /** Removes the listener and the nodes that nobody needs any more. */
  function remove(at: Node, levels: readonly string[], depth: number, listener: Listener): void {
    const level = levels[depth];
    if (level === undefined) at.here.delete(listener);
    else if (level === '#') at.below.delete(listener);
    else {
      const child = at.children.get(level);
      if (!child) return;
      remove(child, levels, depth + 1, listener);
      if (child.here.size + child.below.size + child.children.size === 0) at.children.delete(level);
    }
  }

  return {
    on(topic, listener, done) {
      let at = root;
      for (const level of topic.split('/')) {
        if (level === '#') {
          at.below.add(listener);
          if (done) setImmediate(done);
          return;
        }
        const child = at.children.get(level) ?? node();
        at.children.set(level, child);
        at = child;
      }
      at.here.add(listener);
      if (done) setImmediate(done);
    },
    removeListener(topic, listener, done) {
      remove(root, topic.split('/'), 0, listener);
      if (done) setImmediate(done);
    },
    emit(message, done) {
      if (closed) {
        done?.(new Error('the broker is closed'));
        return;
      }
      const found = new Set<Listener>();
      match(root, message.topic.split('/'), 0, found);
      for (const listener of found) listener(message, nothing);
      if (done) setImmediate(done);
    },
    close(done) {
      closed = true;
      setImmediate(done);
    },
  };
}
