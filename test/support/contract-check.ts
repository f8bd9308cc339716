import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

/** An answer, as far as the published document speaks of it. */
export interface SeenAnswer {
  method: string;
  /** With or without its query. */
  path: string;
  status: number;
  contentType: string | null;
  text: string;
}

const mediaTypeSchema = z.looseObject({});
const documentSchema = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        responses: z.record(z.string(), z.looseObject({ content: z.record(z.string(), mediaTypeSchema).optional() })),
      }),
    ),
  ),
});

/** Says what is wrong with an answer by the document, or nothing. */
export type ContractCheck = (answer: SeenAnswer) => string | undefined;

const known = new Map<string, Promise<ContractCheck | undefined>>();

/**
 * The check of the document that the server at this address publishes; none where it publishes none (the MCP server)
 * or cannot be reached.
 */
export async function contractOf(base: string): Promise<ContractCheck | undefined> {
  const check =
    known.get(base) ??
    fetch(`${base}/api/openapi.json`).then(async (response) =>
      response.status === 200 ? contractCheck(await response.json()) : void (await response.body?.cancel()),
    );
  known.set(base, check);
  return check.catch(() => {
    known.delete(base);
    return undefined;
  });
}

/** Reads an OpenAPI document. Members that it does not name are a difference, too. */
export function contractCheck(published: unknown): ContractCheck {
  const strict = withoutUnknownMembers(published);
  const { paths } = documentSchema.parse(strict);
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(z.record(z.string(), z.unknown()).parse(strict), 'contract');
  const templates = Object.keys(paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }));

  return ({ method, path: address, status, contentType, text }) => {
    const [path = ''] = address.split('?');
    const type = contentType?.split(';')[0]?.trim();
    const template = templates.find(({ pattern }) => pattern.test(path))?.path;
    const operation = template === undefined ? undefined : paths[template]?.[method.toLowerCase()];
    const at = `${method} ${path} ${status}`;
    if (template === undefined || operation === undefined) {
      const speaksJson = /^\/(api|auth)\//.test(path);
      return speaksJson && status !== 404 ? `${at}: the document does not know this route` : undefined;
    }
    const response = operation.responses[String(status)];
    if (response === undefined) return `${at}: the document does not know this status: ${text.slice(0, 300)}`;
    if (response.content === undefined) {
      return /json/.test(type ?? '') ? `${at}: the document promises no body: ${text.slice(0, 300)}` : undefined;
    }
    if (type === undefined || response.content[type] === undefined) {
      return `${at}: the document does not know the media type ${String(type)}`;
    }
    if (!type.endsWith('json')) return undefined;
    const pointer = ['paths', template, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
    const $ref = `contract#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const validate = ajv.getSchema($ref) ?? ajv.compile({ $ref });
    if (validate(JSON.parse(text)) === true) return undefined;
    return `${at}: ${ajv.errorsText(validate.errors)}: ${text.slice(0, 1_000)}`;
  };
}

/** The same schemas, closed: an object has the members that it names. */
function withoutUnknownMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnknownMembers);
  if (typeof value !== 'object' || value === null) return value;
  const closed = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutUnknownMembers(part)]));
  const open = closed['type'] === 'object' && 'properties' in closed && !('additionalProperties' in closed);
  return open ? { ...closed, additionalProperties: false } : closed;
}
