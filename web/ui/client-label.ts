/** A client as people see it. Names come from the API fit to be shown. */
export interface NamedClient {
  name: string;
  verified: boolean;
}

/** What a client is called within a sentence: in quotation marks where that is its own word only. Pure. */
export function clientLabel({ name, verified }: NamedClient): string {
  return verified ? name : `“${name}”`;
}
