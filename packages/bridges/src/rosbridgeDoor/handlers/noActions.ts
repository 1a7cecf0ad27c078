/** What a client is told that uses an action. */
export const noActions = (action: string): string =>
  `NOT_SUPPORTED: Actions cannot be used through this door yet (${action}). In ROS 1 use the action's topics: publish ` +
  `on ${action}/goal and ${action}/cancel, subscribe to ${action}/feedback and ${action}/result.`;
