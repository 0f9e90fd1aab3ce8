/**
 * Why: an InfluxDB 2.x needs a bucket with a retention, and a mapping (DBRP) by which InfluxQL finds it. Both are made where they are missing,
 * through the documented API; a token without those rights is enough when they are there.
 */
import { isObject, own } from '#contract';
import type { CursorFile } from './cursor-file.ts';
import type { Refusal } from './send-lines.ts';
import { StoreError } from './store.ts';

export interface Influx2Api {
  /** Longest that anything is kept, days; 0: for ever. */
  keepDays: number;
  mayMake: CursorFile['mayMake'];
  org: string;
  bucket: string;
  /** JSON in, parsed JSON out; never throws for what a server or network does. */
  ask(method: 'GET' | 'POST', path: string, body?: object): Promise<{ value: unknown } | { refusal: Refusal }>;
}

/** Retention policy of the mapping: the one that InfluxDB gives a bucket by itself where none is named. */
export const MAPPED_POLICY = 'autogen';
/** A net: Carrel deletes by itself what is too old. */
const LONGER_DAYS = 366;
const SHARD_S = 7 * 86_400;

/**
 * Does nothing on servers that take lines on /api/v2/write and have no such API (VictoriaMetrics, InfluxDB 1.8).
 * @throws StoreError unreachable, overloaded, refused_credentials, missing_database (no such organisation)
 */
export async function prepareBucket(api: Influx2Api): Promise<void> {
  const found = await findBucket(api);
  if (found === 'no such API') return;
  if (!found) await api.mayMake(`bucket ${api.bucket}`);
  const bucket = found ?? (await makeBucket(api));
  const parameters = new URLSearchParams({ orgID: bucket.orgID, bucketID: bucket.id });
  const mappings = await api.ask('GET', `/api/v2/dbrps?${parameters}`);
  // A token that may not look, but may write: the mapping may well be there, and questions tell when it is not.
  if ('refusal' in mappings && isForbidden(mappings.refusal)) return;
  if (listOf(answered(mappings), 'content').some((one) => isMapping(one, api.bucket))) return;
  const made = await api.ask('POST', '/api/v2/dbrps', {
    orgID: bucket.orgID,
    bucketID: bucket.id,
    database: api.bucket,
    retention_policy: MAPPED_POLICY,
    default: true,
  });
  if ('refusal' in made && isForbidden(made.refusal))
    throw new StoreError(
      'refused_credentials',
      `the bucket ${api.bucket} has no mapping for InfluxQL and the token may not make one; give a token that may write DBRP mappings, or run: influx v1 dbrp create --org ${api.org} --bucket-id ${bucket.id} --db ${api.bucket} --rp ${MAPPED_POLICY} --default`,
    );
  if ('refusal' in made && made.refusal.status === 409) return; // somebody was faster
  answered(made);
}

interface Bucket {
  id: string;
  orgID: string;
}

async function findBucket({ org, bucket, ask }: Influx2Api): Promise<Bucket | null | 'no such API'> {
  const answer = await ask('GET', `/api/v2/buckets?${new URLSearchParams({ org, name: bucket })}`);
  if ('refusal' in answer) {
    const { status, coded } = answer.refusal;
    if ((status === 404 || status === 400) && !coded) return 'no such API';
    if (status === 404) return null;
  }
  const [found] = listOf(answered(answer), 'buckets').flatMap((one) => bucketOf(one) ?? []);
  return found ?? null;
}

async function makeBucket(api: Influx2Api): Promise<Bucket> {
  const { org, bucket, keepDays } = api;
  const everySeconds = keepDays === 0 ? 0 : (keepDays + LONGER_DAYS) * 86_400;
  const how = `give a token that may, or run: influx bucket create --org ${org} --name ${bucket}`;
  const orgs = await api.ask('GET', `/api/v2/orgs?${new URLSearchParams({ org })}`);
  const seen = 'refusal' in orgs && orgs.refusal.status === 404 ? [] : listOf(answered(orgs), 'orgs');
  const [orgID] = seen.flatMap((one) => (own(one, 'name') === org ? textOf(one, 'id') : []));
  if (orgID === undefined)
    throw new StoreError(
      'missing_database',
      `the bucket ${bucket} is missing, and there is no organisation ${org} or the token may not see it; ${how}`,
    );
  const made = await api.ask('POST', '/api/v2/buckets', {
    orgID,
    name: bucket,
    description: 'Measurements of Carrel',
    retentionRules: [{ type: 'expire', everySeconds, shardGroupDurationSeconds: SHARD_S }],
  });
  if ('refusal' in made && isForbidden(made.refusal))
    throw new StoreError(
      'refused_credentials',
      `the bucket ${bucket} is missing and the token may not make it; ${how}`,
    );
  const fresh = bucketOf(answered(made));
  if (!fresh) throw new StoreError('broken', 'the answer to a new bucket is not one of InfluxDB 2');
  return fresh;
}

function isForbidden({ status }: Refusal): boolean {
  return status === 401 || status === 403;
}

/** @throws StoreError with the server's words */
function answered(answer: { value: unknown } | { refusal: Refusal }): unknown {
  if ('value' in answer) return answer.value;
  throw refusalFailure(answer.refusal);
}

/** For anything that is not about lines. */
export function refusalFailure({ status, message, retryAfterMs }: Refusal): StoreError {
  if (status === null) return new StoreError('unreachable', message);
  if (status === 401 || status === 403) return new StoreError('refused_credentials', message);
  if (status === 404) return new StoreError('missing_database', message);
  return new StoreError(status === 429 || status >= 500 ? 'overloaded' : 'broken', message, retryAfterMs);
}

function listOf(value: unknown, name: string): Record<string, unknown>[] {
  const list = isObject(value) ? own(value, name) : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function textOf(value: Record<string, unknown>, name: string): string[] {
  const text = own(value, name);
  return typeof text === 'string' ? [text] : [];
}

function bucketOf(value: unknown): Bucket | null {
  if (!isObject(value)) return null;
  const [[id], [orgID]] = [textOf(value, 'id'), textOf(value, 'orgID')];
  return id === undefined || orgID === undefined ? null : { id, orgID };
}

/** A virtual one, which InfluxDB makes up from the bucket's name, serves as well. */
function isMapping(value: Record<string, unknown>, database: string): boolean {
  return own(value, 'database') === database && own(value, 'retention_policy') === MAPPED_POLICY;
}
