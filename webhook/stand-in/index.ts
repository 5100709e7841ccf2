/** The door of the scriptable stand-in webhook. */

export type { Answer, AnswerHeaders } from './answer.ts';
export type { RecordedRequest } from './recorded-request.ts';
export type { Script, ScriptFunction } from './script.ts';
export { type StandIn, type StandInOptions, startStandIn } from './stand-in.ts';
