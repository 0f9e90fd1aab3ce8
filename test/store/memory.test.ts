import { createMemoryStore } from '../../broker/store/memory.ts';
import { storeConformance } from './conformance.ts';

storeConformance({ name: 'memory', open: async () => createMemoryStore(), durable: false });
