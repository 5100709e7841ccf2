/** A script says what each request gets: a list of answers whose last one repeats, or a function. */

import assert from 'node:assert/strict';
import type { Answer } from './answer.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** `index` counts the requests that this script has answered, from 0. */
export type ScriptFunction = (request: RecordedRequest, index: number) => Answer;
export type Script = readonly Answer[] | ScriptFunction;

/** Turns a script into a function that is called once per request. */
export function runScript(script: Script): (request: RecordedRequest) => Answer {
  const answerAt = typeof script === 'function' ? script : fromList(script);
  let index = 0;
  return (request) => {
    const answer = answerAt(request, index);
    index += 1;
    return answer;
  };
}

function fromList(script: readonly Answer[]): ScriptFunction {
  const answers = [...script];
  const last = answers.at(-1);
  assert(last !== undefined, 'a script needs at least one answer');
  return (_request, index) => answers[index] ?? last;
}
