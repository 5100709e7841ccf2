/** Gives one answer of a script over an open exchange. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import { answerGarbage, drop, dropMidBody } from './answers/breakage.ts';
import { answerHuge } from './answers/huge.ts';
import { hangAfterHeaders } from './answers/silence.ts';
import { answerJson, answerRedirect, answerStatus, answerText } from './answers/whole.ts';
import type { Exchange } from './exchange.ts';

export async function giveAnswer(exchange: Exchange, answer: Answer): Promise<void> {
  switch (answer.kind) {
    case 'json':
      return answerJson(exchange, answer);
    case 'text':
      return answerText(exchange, answer);
    case 'status':
      return answerStatus(exchange, answer);
    case 'redirect':
      return answerRedirect(exchange, answer);
    case 'hang':
      return;
    case 'hang-after-headers':
      return hangAfterHeaders(exchange);
    case 'drop':
      return drop(exchange);
    case 'drop-mid-body':
      return dropMidBody(exchange);
    case 'garbage':
      return answerGarbage(exchange);
    case 'huge':
      return answerHuge(exchange, answer);
    case 'slow':
      return (await isStillThereAfter(answer.delayMs, exchange.signal))
        ? giveAnswer(exchange, answer.answer)
        : undefined;
  }
}

async function isStillThereAfter(delayMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(delayMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
