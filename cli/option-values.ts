/** Values of options that commander hands on as text: read and checked, refused with what they must be. */
import { InvalidArgumentError } from 'commander';

export function readUrl(text: string): string {
  const isHttp = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isHttp) throw new InvalidArgumentError('It must be an http or https URL.');
  return text;
}

export function secondsUpTo(max: number): (text: string) => number {
  return (text) => {
    const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
    if (seconds > 0 && seconds <= max) return seconds;
    throw new InvalidArgumentError(`It must be a number of seconds up to ${max}.`);
  };
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
