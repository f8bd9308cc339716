/** How the stream of changes stands: `lost` means that what is shown may be old. */
export type ConnectionState = 'connecting' | 'live' | 'lost';
