/** Anything Longline refuses or fails at: a stable code, the fields that matter, and a sentence that says what to do. */
export class LonglineError<Code extends string = string> extends Error {
  readonly code: Code;
  /** What the sentence is about: IDs, what was expected, what came. JSON-able. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: Code,
    message: string,
    options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LonglineError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Whether something thrown has a code that may be told. */
export const isLonglineError = (error: unknown): error is LonglineError => error instanceof LonglineError;

/** Codes of this package and of every `RosGraph`; docs/errors.md says what each means and what to do. */
export const rosErrorCodes = [
  'ACTION_UNKNOWN',
  'DEFINITION_INVALID',
  'GOAL_UNKNOWN',
  'GRAPH_CLOSED',
  'MESSAGE_INVALID',
  'NAME_INVALID',
  'NOT_SUPPORTED',
  'PARAMETER_INVALID',
  'PARAMETER_UNKNOWN',
  'PATTERN_INVALID',
  'ROS_TIMEOUT',
  'ROS_UNREACHABLE',
  'SERVICE_EXISTS',
  'SERVICE_FAILED',
  'SERVICE_UNKNOWN',
  'TOPIC_UNKNOWN',
  'TYPE_MISMATCH',
  'TYPE_UNKNOWN',
] as const;
/** One of {@link rosErrorCodes}. */
export type RosErrorCode = (typeof rosErrorCodes)[number];

/** An error of the `ros` package or of a `RosGraph`. */
export class RosError extends LonglineError<RosErrorCode> {
  override readonly name = 'RosError';
}
