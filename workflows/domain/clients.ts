/** The pre-registered first-party OAuth clients. */
export const dashboardClientId = 'countersign-dashboard';
export const chatClientId = 'countersign-chat';
