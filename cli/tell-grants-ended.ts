/** Tells the workflows of these requests that their grants have ended. Loads the Temporal client only when there is something to tell: that is seldom, and it is large. */
export async function tellGrantsEnded(
  temporal: { address: string; namespace: string },
  requestIds: readonly string[],
): Promise<void> {
  if (requestIds.length === 0) return;
  const { Client, Connection } = await import('@temporalio/client');
  const { tellGrantEnded } = await import('../activities/requests/tell-grant-ended.ts');
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const client = new Client({ connection, namespace: temporal.namespace });
    for (const requestId of requestIds) await tellGrantEnded(client, requestId);
  } finally {
    await connection.close();
  }
}
