import { HostError } from '../../host/gateway';

/**
 * Saves what is typed, a moment after the last letter and one call at a time. What could not be saved stays to be
 * saved, and `error` says so until it is.
 */
export class Saver {
  error: HostError | null = $state.raw(null);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #saved = '';
  #closed = false;
  #running: Promise<boolean> | undefined;

  constructor(
    /** What is to be saved now, as one text to compare. */
    private readonly present: () => string,
    private readonly save: () => Promise<void>,
    private readonly delay = 400,
  ) {}

  /** What is there now is saved already. */
  isSaved(): void {
    this.#saved = this.present();
  }

  touch(): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.present() === this.#saved) return;
    this.#timer = setTimeout(() => void this.flush(), this.delay);
  }

  /** Saves now; resolves when all is saved, with false when it could not be. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    while (this.#running !== undefined) await this.#running;
    if (this.#closed) return false;
    if (this.present() === this.#saved) return true;
    this.#running = this.#once();
    try {
      return await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  /** Nothing is saved any more; resolves when what is being saved has ended. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closed = true;
    await this.#running;
  }

  /** Saves now, also what was saved before. */
  force(): Promise<boolean> {
    this.#saved = '';
    return this.flush();
  }

  async #once(): Promise<boolean> {
    const text = this.present();
    try {
      await this.save();
      this.#saved = text;
      this.error = null;
      return true;
    } catch (reason) {
      this.error = HostError.from(reason);
      return false;
    }
  }
}
