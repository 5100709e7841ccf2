#!/usr/bin/env node
/** The program as a process: its end is the command's. */
import './first-process.ts';
import { runProgram } from './program.ts';

/** `dps-emulator log | head` closes the pipe early; that is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runProgram(process.argv.slice(2));
