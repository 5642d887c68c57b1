/** One thing that is under way. */
export interface Step {
  /** What is going on inside it, such as "downloading". */
  update(text: string): void;
  done(text?: string): void;
  fail(text: string): void;
}

export interface Progress {
  step(title: string): Step;
  /** A line of its own that stays. */
  say(text: string): void;
  /** Ends the live display; lines may still be said. */
  end(): void;
}

export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

interface Row {
  title: string;
  text: string;
  state: 'running' | 'done' | 'failed';
  startedAt: number;
  endedAt: number;
}

const MARKS = { running: ['◐', '◓', '◑', '◒'], done: ['✓'], failed: ['✗'] };
const FRAME = 120;

/** A live list on a terminal; plain lines, one per event, anywhere else (a pipe, a file, CI). */
export function createProgress(screen: Screen = process.stdout): Progress {
  return screen.isTTY ? liveProgress(screen) : plainProgress(screen);
}

function plainProgress(screen: Screen): Progress {
  const line = (text: string): void => void screen.write(`${text}\n`);
  return {
    step(title) {
      const startedAt = Date.now();
      let over = false;
      const once = (text: string): void => {
        if (!over) line(text);
        over = true;
      };
      line(`${title}: starting`);
      return {
        update: (text) => line(`${title}: ${text}`),
        done: (text) => once(`${title}: ready${text ? `, ${text}` : ''} (${seconds(Date.now() - startedAt)})`),
        fail: (text) => once(`${title}: failed: ${text}`),
      };
    },
    say: line,
    end: () => undefined,
  };
}

function liveProgress(screen: Screen): Progress {
  const rows: Row[] = [];
  let drawn = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | null = null;

  function draw(): void {
    erase();
    for (const row of rows) screen.write(`${fit(rowText(row, frame), screen.columns ?? 80)}\n`);
    drawn = rows.length;
  }

  function erase(): void {
    if (drawn > 0) screen.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  }

  function finish(row: Row, state: Row['state'], text: string): void {
    if (row.state !== 'running') return;
    Object.assign(row, { state, text, endedAt: Date.now() });
    if (timer) draw();
  }

  return {
    step(title) {
      const row: Row = { title, text: '', state: 'running', startedAt: Date.now(), endedAt: 0 };
      rows.push(row);
      timer ??= setInterval(() => {
        frame += 1;
        draw();
      }, FRAME);
      draw();
      return {
        update: (text) => void (row.text = text),
        done: (text) => finish(row, 'done', text ?? ''),
        fail: (text) => finish(row, 'failed', text),
      };
    },
    say(text) {
      erase();
      screen.write(`${text}\n`);
      if (timer) draw();
    },
    end() {
      if (!timer) return;
      clearInterval(timer);
      timer = null;
      draw();
      drawn = 0;
      rows.length = 0;
    },
  };
}

function rowText(row: Row, frame: number): string {
  const marks = MARKS[row.state];
  const time = seconds((row.endedAt || Date.now()) - row.startedAt);
  return `  ${marks[frame % marks.length]} ${row.title.padEnd(12)} ${time.padStart(7)}  ${row.text}`;
}

function fit(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(1, columns - 2))}…`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
