import { openCredentials } from '../store/sqlite/openCredentials.ts';

/** Whether the server of this data directory asks everybody for a token. Rejects with `STORE_UNUSABLE`. */
export async function isLockedDirectory(directory: string): Promise<boolean> {
  const credentials = await openCredentials(directory);
  try {
    return credentials.isLocked;
  } finally {
    credentials.close();
  }
}
