/** Addresses inside the chat app. */
export const chatPaths = {
  newConversation: '/',
  conversation: (sessionId: string) => `/c/${encodeURIComponent(sessionId)}`,
};
