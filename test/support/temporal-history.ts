/** What Temporal's UI could show of a workflow. */
export interface KeptHistory {
  searchAttributes: Readonly<Record<string, unknown>>;
  /** Everything in its description and its history as text, encoded payloads decoded. */
  text: string;
}

/** Reads a workflow through the read-only UI's own API. @throws when there is none */
export async function readHistory(uiUrl: string, workflowId: string): Promise<KeptHistory> {
  const path = `${uiUrl}/api/v1/namespaces/countersign/workflows/${encodeURIComponent(workflowId)}`;
  const description = await getJson(path);
  const history = await getJson(`${path}/history?maximumPageSize=1000`);
  const info = member(description, 'workflowExecutionInfo');
  const fields = member(member(info, 'searchAttributes'), 'indexedFields');
  const searchAttributes = Object.fromEntries(
    Object.entries(asRecord(fields)).map(([name, value]) => [name, decoded(value)]),
  );
  return { searchAttributes, text: [...texts(description), ...texts(history)].join('\n') };
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

/** A payload's value: the UI's API gives it encoded in base64. */
function decoded(payload: unknown): unknown {
  const data = member(payload, 'data');
  return typeof data === 'string' ? JSON.parse(Buffer.from(data, 'base64').toString()) : payload;
}

function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    yield value;
    // Whether it was encoded or not: both readings are looked at.
    yield Buffer.from(value, 'base64').toString();
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      yield key;
      yield* texts(inner);
    }
  }
}

function member(value: unknown, name: string): unknown {
  return asRecord(value)[name];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
