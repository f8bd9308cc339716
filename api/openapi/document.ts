import { z } from 'zod';
import type { DomainErrorCode } from '../../workflows/domain/errors.ts';
import { problemStatus } from '../problems.ts';
import { namedSchemas } from './named-schemas.ts';
import { problemCodes, type AnswerDoc, type RouteDoc } from './route-doc.ts';

/** What one server's document is made of. */
export interface DocumentOptions {
  title: string;
  description: string;
  /** Where the server is. */
  url: string;
  cookie: string;
  /** Whether access tokens are taken as well as the cookie. */
  bearer: boolean;
  routes: readonly RouteDoc[];
}

type Json = Record<string, unknown>;

const contractVersion = '0.1.0';

/** The OpenAPI 3.1 document of a server's routes: answers, refusals, and what they are sent. Pure. */
export function openApiDocument(options: DocumentOptions): Json {
  const paths: Record<string, Json> = {};
  for (const route of options.routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = operation(route, options);
  }
  return {
    openapi: '3.1.0',
    info: { title: options.title, description: options.description, version: contractVersion },
    servers: [{ url: options.url }],
    tags: [...new Set(options.routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: usedSchemas(options.routes),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: options.cookie },
        ...(options.bearer ? { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT (RFC 9068)' } } : {}),
      },
    },
  };
}

function operation(route: RouteDoc, { bearer }: DocumentOptions): Json {
  const parameters = [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)];
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    security: route.access === 'public' ? [] : [{ session: [] }, ...(bearer ? [{ bearer: [] }] : [])],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: {
      ...Object.fromEntries(route.answers.map((answer) => [answer.status, response(answer)])),
      ...problemResponses(problemCodes(route)),
    },
  };
}

function response({ description, schema, stream, mediaType }: AnswerDoc): Json {
  if (schema !== undefined) {
    const json = { 'application/json': { schema: reference(schema) } };
    // OpenAPI 3.1 has no words for a sequence of events: the document says what one of them is.
    const events =
      stream === undefined ? {} : { 'text/event-stream': { schema: { type: 'string' }, 'x-event': reference(stream) } };
    return { description, content: { ...json, ...events } };
  }
  if (mediaType === undefined) return { description };
  const content = [mediaType].flat().map((type) => {
    const schema = type === 'application/json' ? { type: 'object' } : { type: 'string' };
    return [type, { schema }] as const;
  });
  return { description, content: Object.fromEntries(content) };
}

/** One answer for each status, with the codes that go with it. */
function problemResponses(codes: readonly DomainErrorCode[]): Json {
  const byStatus = Map.groupBy(codes, problemStatus);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      {
        description: some.join(', '),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/Problem' },
                { properties: { status: { const: status }, code: { enum: some } } },
              ],
            },
          },
        },
      },
    ]),
  );
}

function requestBody(schema: z.ZodObject): Json {
  const json = input(schema);
  const required = Array.isArray(json['required']) && json['required'].length > 0;
  return {
    required,
    content: { 'application/json': { schema: json }, 'application/x-www-form-urlencoded': { schema: json } },
  };
}

function pathParameters({ path }: RouteDoc): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: '^[\\w:.-]{1,128}$' },
  }));
}

function queryParameters({ query }: RouteDoc): Json[] {
  if (query === undefined) return [];
  const { properties, required } = z
    .object({ properties: z.record(z.string(), z.unknown()), required: z.array(z.string()).default([]) })
    .parse(input(query));
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters({ header }: RouteDoc): Json[] {
  if (header === undefined) return [];
  return [
    { name: header.name, in: 'header', required: false, description: header.description, schema: { type: 'string' } },
  ];
}

function input(schema: z.ZodType): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return json;
}

const nameOf = new Map<z.ZodType, string>(Object.entries(namedSchemas).map(([name, schema]) => [schema, name]));

function reference(schema: z.ZodType): Json {
  const name = nameOf.get(schema);
  if (name === undefined) throw new Error('A schema of an answer has no name in namedSchemas.');
  return { $ref: `#/components/schemas/${name}` };
}

/** The named schemas that these routes answer with, and those that they mention. */
function usedSchemas(routes: readonly RouteDoc[]): Json {
  const all = answerSchemas();
  const wanted = routes.flatMap(({ answers }) =>
    answers.flatMap(({ schema, stream }) => [schema, stream].filter((one) => one !== undefined)),
  );
  const queue = ['Problem', 'LiveEvent', ...wanted.flatMap((schema) => nameOf.get(schema) ?? [])];
  const used: Json = {};
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name in used) continue;
    used[name] = all[name];
    queue.push(
      ...[...JSON.stringify(all[name]).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, found = '']) => found),
    );
  }
  return Object.fromEntries(Object.entries(used).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function answerSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(namedSchemas)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'output',
    uri: (id) => `#/components/schemas/${id}`,
    // Clients ignore members they do not know, so that answers can gain some.
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  );
}
