/** Which OpenAI-compatible endpoint answers in the chat. */
export interface ModelSettings {
  /** Of the Chat Completions API, for example `http://localhost:11434/v1`. */
  baseUrl: string;
  /** The model's name at that endpoint. */
  model: string;
  /** Sent as a bearer token; never logged, stored or shown. */
  apiKey?: string | undefined;
  /** Ask for a stream first; what cannot be read as a stream is asked for again as a whole. */
  streaming: boolean;
  /** How long one step may take, in milliseconds. */
  timeoutMs: number;
}
