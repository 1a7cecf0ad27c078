/** The version of Longline's packages; they have one in common. */
export const version = '0.1.0';
