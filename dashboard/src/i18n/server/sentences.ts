/** A sentence's form, and how it is said in another language; the groups are the form's, `say` translates a part. */
export type Sentence = readonly [form: RegExp, said: (groups: string[], say: (text: string) => string) => string];

/** The first form that fits; what fits none stays as it is. */
export function matching(sentences: readonly Sentence[]): (text: string) => string {
  const say = (text: string): string => {
    for (const [form, said] of sentences) {
      const found = form.exec(text);
      if (found)
        return said(
          found.slice(1).map((group) => group ?? ''),
          say,
        );
    }
    return text;
  };
  return say;
}
