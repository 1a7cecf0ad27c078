/** Where lines are kept over restarts of the agent. */
export interface JournalStore {
  /** All of it; empty where there is nothing yet. */
  read(): Promise<string>;
  /** Adds whole lines at the end. When it resolves they survive the end of this process. */
  append(text: string): Promise<void>;
  /** Puts a text in the place of all there is, or, when it rejects, leaves what there is. */
  replace(text: string): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Keeps nothing: for robots that end with this process. */
export const noJournal: JournalStore = {
  read: () => Promise.resolve(''),
  append: () => Promise.resolve(),
  replace: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
