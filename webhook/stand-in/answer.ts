/** What a stand-in webhook can answer, as data. */

/** Headers of an answer. They replace the stand-in's own of the same name. */
export type AnswerHeaders = Readonly<Record<string, string>>;

export type Answer =
  /** A JSON document. Status 200 unless given. */
  | { readonly kind: 'json'; readonly status?: number; readonly body: unknown; readonly headers?: AnswerHeaders }
  /** Any text, sent as it is. Status 200 and `text/plain; charset=utf-8` unless given. */
  | { readonly kind: 'text'; readonly status?: number; readonly text: string; readonly contentType?: string }
  /** A status with an empty body. */
  | { readonly kind: 'status'; readonly status: number }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** Sends the head of a 200, then nothing more. */
  | { readonly kind: 'hang-after-headers' }
  /** Closes the connection instead of answering. */
  | { readonly kind: 'drop' }
  /** Announces a JSON body, sends the beginning of it, then closes the connection. */
  | { readonly kind: 'drop-mid-body' }
  /** Answers with bytes that are no HTTP. */
  | { readonly kind: 'garbage' }
  /**
   * A 200 whose JSON document is preceded by `bytes` bytes of blanks, sent no faster than the client reads. JSON allows
   * the blanks, so a client without a size limit would take `body` (default `{}`) for a good answer.
   * `Infinity` never ends.
   */
  | { readonly kind: 'huge'; readonly bytes: number; readonly body?: unknown }
  /** A redirect to `to` (absolute or relative). Status 307 unless given. */
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  /** Waits `delayMs` of real time, then gives another answer. */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly answer: Answer };
