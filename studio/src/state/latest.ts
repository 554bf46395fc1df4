/** Answers to the latest question only: one is worked on, one waits, and what came between is never asked. */
export interface Latest<Question> {
  ask(question: Question): void;
  /** Forgets what is waiting and what is on its way. */
  cancel(): void;
}

export interface LatestOptions<Question, Answer> {
  readonly answer: (question: Question) => Promise<Answer>;
  /** Hears answers in the order of their questions; an answer that a later question overtook is left out. */
  readonly onAnswer: (answer: Answer, question: Question) => void;
  readonly onError: (error: unknown, question: Question) => void;
}

export function latest<Question, Answer>(options: LatestOptions<Question, Answer>): Latest<Question> {
  let waiting: { readonly question: Question } | undefined;
  let isBusy = false;
  let round = 0;
  async function work(question: Question): Promise<void> {
    isBusy = true;
    const mine = round;
    try {
      const answer = await options.answer(question);
      if (mine === round && !waiting) options.onAnswer(answer, question);
    } catch (error) {
      if (mine === round && !waiting) options.onError(error, question);
    }
    isBusy = false;
    const next = waiting;
    waiting = undefined;
    if (next) await work(next.question);
  }
  return {
    ask: (question) => {
      if (isBusy) waiting = { question };
      else void work(question);
    },
    cancel: () => {
      round++;
      waiting = undefined;
    },
  };
}
