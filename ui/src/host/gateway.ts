/** Which program this is. Mirrors `AppInfo` in `src-tauri/src/commands/about.rs`. */
export interface AppInfo {
  name: string;
  version: string;
}

/**
 * Everything the window can ask of the host, and the only way to it. Components take a gateway as a property:
 * the program gives them `tauriGateway()`, tests `twinGateway()`.
 */
export interface Gateway {
  appInfo(): Promise<AppInfo>;
}

/** A failed call. Decide by `code`, show `message`, never match its text. */
export class HostError extends Error {
  override readonly name = 'HostError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** Reads what a call was rejected with: `{code, message}` from a command, a bare text from Tauri itself. */
  static from(reason: unknown): HostError {
    if (reason instanceof HostError) return reason;
    if (typeof reason === 'object' && reason !== null && 'message' in reason) {
      const code = 'code' in reason && typeof reason.code === 'string' ? reason.code : 'unknown';
      return new HostError(code, String(reason.message));
    }
    return new HostError('unknown', String(reason));
  }
}
