/** Where agents connect. */
export const linePath = '/api/v1/line';
/** Where readers connect. */
export const livePath = '/api/v1/live';
