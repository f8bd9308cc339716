/** Waits in real time until it is so. @throws Error after some ten seconds */
export async function until(what: () => boolean, saying: () => string = () => ''): Promise<void> {
  for (let tries = 0; !what(); tries += 1) {
    if (tries > 400) throw new Error(`never happened ${saying()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
