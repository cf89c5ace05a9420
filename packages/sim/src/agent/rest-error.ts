/** The agent's errors: each type has a title and an HTTP status, and says in `details` what happened (ironic-python-agent 13.0.0). */

const TYPES = {
  AgentIsBusy: ['Agent is busy', 409],
  CommandExecutionError: ['Command execution failed', 500],
  DeviceNotFound: ['Error finding the disk or partition device to deploy the image onto', 404],
  HardwareManagerMethodNotFound: ['No HardwareManager found to handle method', 500],
  ImageChecksumError: ['Error verifying image checksum', 500],
  ImageDownloadError: ['Error downloading image', 500],
  ImageDownloadFatalError: ['Error downloading image', 500],
  InvalidCommandError: ['Invalid command', 400],
  InvalidCommandParamsError: ['Invalid command parameters', 400],
  InvalidImage: ['The provided image is not valid for use', 500],
  RequestedObjectNotFoundError: ['Not found', 404],
} as const;

/** Names of the agent's errors. */
export type RestErrorType = keyof typeof TYPES;

/** An error as the agent shows it in a command that failed; refused requests show `message` alone. */
export class RestError extends Error {
  readonly type: RestErrorType;
  readonly code: number;
  readonly title: string;
  readonly details: string;

  constructor(type: RestErrorType, details: string) {
    const [title, code] = TYPES[type];
    super(`${title}: ${details}`);
    this.name = type;
    this.type = type;
    this.code = code;
    this.title = title;
    this.details = details;
  }
}

/** An error as a command's `command_error`. */
export function shownError(error: unknown): { type: string; code: number; message: string; details: string } {
  const known =
    error instanceof RestError
      ? error
      : new RestError('CommandExecutionError', error instanceof Error ? error.message : 'failed');
  return { type: known.type, code: known.code, message: known.title, details: known.details };
}
