import type { OtherAccount } from '../bindings/OtherAccount';
import type { VerdictInfo } from '../bindings/VerdictInfo';

/** A failed call. Decide by `code`, show `message` or `verdict`, never match their text. */
export class HostError extends Error {
  override readonly name = 'HostError';

  constructor(
    /** A `Code` of the host, `cancelled` for what somebody stopped, `unknown` for what is no error of ours. */
    readonly code: string,
    message: string,
    readonly verdict: VerdictInfo | null = null,
    /** Who signed in, where it was not the one expected. */
    readonly otherAccount: OtherAccount | null = null,
  ) {
    super(message);
  }

  /** Reads what a call was rejected with: an error of a command, or a bare text from Tauri itself. */
  static from(reason: unknown): HostError {
    if (reason instanceof HostError) return reason;
    if (typeof reason === 'object' && reason !== null && 'message' in reason) {
      const sent = reason as {
        code?: unknown;
        verdict?: VerdictInfo | null;
        other_account?: OtherAccount | null;
      };
      const code = typeof sent.code === 'string' ? sent.code : 'unknown';
      return new HostError(code, String(reason.message), sent.verdict ?? null, sent.other_account ?? null);
    }
    return new HostError('unknown', String(reason));
  }
}
