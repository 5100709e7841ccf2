/**
 * The first process of a container is spared every signal that it does not handle itself: without this, `docker stop`
 * and Ctrl+C would wait in vain for a command that has nothing to tidy up, or that is only just starting.
 */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

if (process.pid === 1) {
  for (const [signal, exitCode] of Object.entries(EXIT_CODES)) {
    // A command with an orderly end of its own listens too, and is left to it.
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(exitCode);
    });
  }
}
