/** One argument that a form can ask for. */
export interface ArgumentField {
  name: string;
  kind: 'text' | 'number' | 'integer' | 'boolean' | 'choice';
  required: boolean;
  description: string | undefined;
  /** Of a choice. */
  options: readonly string[];
}

/**
 * The fields of a tool's arguments when a form can ask for all of them: texts, numbers, yes or no, a choice of texts.
 * Anything deeper is undefined, and written as JSON. Pure.
 */
export function argumentFields(schema: Readonly<Record<string, unknown>>): ArgumentField[] | undefined {
  const properties = schema['properties'];
  if (properties === undefined) return [];
  if (!isRecord(properties)) return undefined;
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const fields = Object.entries(properties).map(([name, property]) => fieldOf(name, property, required.includes(name)));
  return fields.every((field) => field !== undefined) ? fields : undefined;
}

function fieldOf(name: string, property: unknown, required: boolean): ArgumentField | undefined {
  if (!isRecord(property)) return undefined;
  const { type, description } = property;
  const base = {
    name,
    required,
    description: typeof description === 'string' ? description : undefined,
    options: [] as readonly string[],
  };
  const options: unknown = property['enum'];
  if (Array.isArray(options) && options.every((option) => typeof option === 'string')) {
    return { ...base, kind: 'choice', options };
  }
  if (type === 'string') return { ...base, kind: 'text' };
  if (type === 'number' || type === 'integer' || type === 'boolean') return { ...base, kind: type };
  return undefined;
}

/** What somebody typed or chose, by field. */
export type Typed = Readonly<Record<string, string>>;

/** The arguments that the typed fields come to, or what is wrong with which of them. Empty optional ones are left out. Pure. */
export function argumentsOf(
  fields: readonly ArgumentField[],
  typed: Typed,
): { arguments: Record<string, unknown> } | { wrong: Record<string, string> } {
  const values: Record<string, unknown> = {};
  const wrong: Record<string, string> = {};
  for (const { name, kind, required } of fields) {
    const text = typed[name] ?? '';
    if (kind === 'boolean') {
      if (text !== '' || required) values[name] = text === 'true';
    } else if (text === '') {
      if (required) wrong[name] = 'This is needed.';
    } else if (kind === 'number' || kind === 'integer') {
      const value = Number(text);
      if (!Number.isFinite(value) || (kind === 'integer' && !Number.isInteger(value)))
        wrong[name] = kind === 'integer' ? 'Give a whole number.' : 'Give a number.';
      else values[name] = value;
    } else values[name] = text;
  }
  return Object.keys(wrong).length > 0 ? { wrong } : { arguments: values };
}

/** The arguments written as JSON, or what is wrong with them. Pure. */
export function argumentsOfJson(text: string): { arguments: Record<string, unknown> } | { wrong: string } {
  if (text.trim() === '') return { arguments: {} };
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { arguments: value } : { wrong: 'Give an object, in braces: {"name": "value"}.' };
  } catch (error) {
    return { wrong: `This is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.` };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
