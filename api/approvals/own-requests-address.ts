/** Where somebody follows and withdraws what they asked for: on their access page in the chat. */
export function ownRequestsAddress(chatUrl: string): string {
  return new URL('/access?show=requests', chatUrl).href;
}
