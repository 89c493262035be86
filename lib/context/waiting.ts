/** Who waits for a query to come to rest: to have nothing to do, or to be between two batches. */
export class Waiting {
  /** How often it was asked whether there is anything new. */
  private asked = 0;
  private idle: { readonly after: number; readonly done: () => void }[] = [];
  private readonly between: (() => void)[] = [];

  /** It is about to be asked whether there is anything new. */
  asking(): void {
    this.asked++;
  }

  /** Resolves when somebody has asked from now on, and there was nothing. */
  forNothingNew(): Promise<void> {
    const after = this.asked;
    return new Promise((done) => this.idle.push({ after, done }));
  }

  /** There was nothing new. */
  nothingNew(): void {
    const waiting = this.idle;
    this.idle = waiting.filter(({ after }) => this.asked <= after);
    for (const { after, done } of waiting) if (this.asked > after) done();
  }

  /** Resolves when the cycle under way is over. */
  forCycle(): Promise<void> {
    return new Promise((done) => this.between.push(done));
  }

  cycleOver(): void {
    for (const done of this.between.splice(0)) done();
  }

  /** Nothing comes any more. */
  ended(): void {
    for (const { done } of this.idle.splice(0)) done();
  }
}
