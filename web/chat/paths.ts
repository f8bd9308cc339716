/** Addresses inside the chat app. */
export const chatPaths = {
  newConversation: '/',
  access: '/access',
  conversation: (sessionId: string) => `/c/${encodeURIComponent(sessionId)}`,
};
