/** Something that others wait for, as often as it happens. */
export class Signal {
  private readonly waiting = new Set<() => void>();

  raise(): void {
    for (const go of [...this.waiting]) go();
  }

  /** Resolves when it is raised, when `until` is aborted, or after `millis`. */
  wait(until: AbortSignal, millis?: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        until.removeEventListener('abort', done);
        this.waiting.delete(done);
        resolve();
      };
      const timer = millis === undefined ? undefined : setTimeout(done, millis);
      until.addEventListener('abort', done);
      this.waiting.add(done);
      if (until.aborted) done();
    });
  }
}
