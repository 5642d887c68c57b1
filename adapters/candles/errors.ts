/** A candle file that cannot be used, with the line at fault (1 is the header, 0 the file as a whole). */
export class CandleFileError extends Error {
  override readonly name = 'CandleFileError';
  constructor(
    readonly path: string,
    readonly line: number,
    problem: string,
  ) {
    super(line > 0 ? `${path}, line ${line} ${problem}` : `${path} ${problem}`);
  }
}
