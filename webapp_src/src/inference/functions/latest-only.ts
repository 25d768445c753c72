/**
 * Runs a task for the newest question, one at a time. A question asked during a run waits, and is
 * dropped when a newer one is asked, so answers keep up with a drag however slow the device is.
 */
export class LatestOnly<Question, Answer> {
  private waiting: { readonly question: Question } | undefined;
  private busy = false;

  constructor(
    private readonly run: (question: Question) => Promise<Answer>,
    private readonly onAnswer: (answer: Answer, question: Question) => void,
    private readonly onError: (error: Error) => void,
  ) {}

  ask(question: Question): void {
    this.waiting = { question };
    if (!this.busy) void this.work();
  }

  private async work(): Promise<void> {
    this.busy = true;
    try {
      while (this.waiting) {
        const { question } = this.waiting;
        this.waiting = undefined;
        this.onAnswer(await this.run(question), question);
      }
    } catch (error) {
      this.onError(error as Error);
    } finally {
      this.busy = false;
    }
  }
}
