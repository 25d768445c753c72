/** Tokens in a prompt. */
export const LENGTH = 16;

/** Token ids of some prompts, row by row. */
export interface Prompts {
  readonly count: number;
  readonly tokens: readonly number[];
}

/** One way to run the tower. */
export interface Runner {
  /** Called before runs of this runner, when others may have run. */
  readonly prepare: () => void;
  readonly run: (prompts: Prompts) => Promise<Float32Array>;
}
