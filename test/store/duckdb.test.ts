import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { storeConformance } from './conformance.ts';

const dir = mkdtempSync(join(tmpdir(), 'carrel-duckdb-'));
const nowMs = (): number => Date.UTC(2026, 10, 22);
storeConformance({ name: 'duckdb', open: () => openDuckdbStore({ dir, nowMs }), durable: true });
