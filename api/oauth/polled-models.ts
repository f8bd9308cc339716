const polled: readonly string[] = ['DeviceCode', 'BackchannelAuthenticationRequest'];

/** Whether clients ask about what the provider stores under this model until there is an answer (RFC 8628, CIBA). */
export function isPolled(model: string): boolean {
  return polled.includes(model);
}
